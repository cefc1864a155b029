// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.opentelemetry.context.Context;

/** Finds the context that goes with a received event. */
final class ContextOfEvent {

  private static final TraceProperties PROPERTIES = TraceProperties.ofTraceContext();

  private ContextOfEvent() {}

  /** The one of its span, or else that of its sender. */
  static Context of(CommittableEvent event) {
    Context context = of(event.committableOffset());
    return context == Context.root() ? ofSender(event.event()) : context;
  }

  /** The one of its span, or else the root. */
  static Context of(CommittableOffset offset) {
    return offset.trace() instanceof ReceivedEvent event ? event.context() : Context.root();
  }

  /** The one that its sender has told, or else the root. */
  static Context ofSender(EventData event) {
    return PROPERTIES.read(event);
  }
}
