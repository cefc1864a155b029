// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.core.util.Context;
import com.azure.core.util.tracing.Tracer;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Copies what {@link EventData#addContext} has added to an event: usually the span that the event
 * belongs to. The SDK offers a way to add and none to read, so that its own accessor is used, which
 * is not public. Where a version of the SDK has none, or a module keeps it closed, a copy has no
 * context; one line in the log says so.
 */
final class EventContexts {

  private static final KeyedLog LOG = KeyedLog.of(EventContexts.class);

  private static final @Nullable MethodHandle CONTEXT = accessor();

  private EventContexts() {}

  private static @Nullable MethodHandle accessor() {
    try {
      return MethodHandles.privateLookupIn(EventData.class, MethodHandles.lookup())
          .findVirtual(EventData.class, "getContext", MethodType.methodType(Context.class));
    } catch (ReflectiveOperationException e) {
      LOG.warn(
          LogKeys.NONE,
          "the contexts of events (EventData.addContext) are lost where an event is copied, as it"
              + " is for a partition key: this version of the SDK does not let them be read ({})",
          e.toString());
      return null;
    }
  }

  static void copy(EventData from, EventData to) {
    Context context = of(from);
    if (context != Context.NONE) {
      context.getValues().forEach((key, value) -> add(to, key, value));
    }
  }

  /** The parent that its maker has given it, in the way of the SDK; null if he has not. */
  static @Nullable Object parent(EventData event) {
    return of(event).getData(Tracer.PARENT_TRACE_CONTEXT_KEY).orElse(null);
  }

  private static void add(EventData to, Object key, @Nullable Object value) {
    if (value != null) {
      to.addContext(key.toString(), value);
    }
  }

  private static Context of(EventData event) {
    if (CONTEXT == null) {
      return Context.NONE;
    }
    try {
      return (Context) CONTEXT.invoke(event);
    } catch (Throwable e) {
      throw new IllegalStateException("the context of an event cannot be read", e);
    }
  }
}
