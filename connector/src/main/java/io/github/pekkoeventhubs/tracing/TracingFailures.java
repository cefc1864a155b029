// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tracing;

import io.github.pekkoeventhubs.StageFailure;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log what a tracing library has thrown, so that nothing else comes of it. The first
 * failure of each kind of call is a warning. The others are at DEBUG, since there may be one for
 * each event. Thread-safe.
 */
final class TracingFailures {

  private static final Logger LOG = LoggerFactory.getLogger("io.github.pekkoeventhubs.Tracing");

  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  /**
   * A call has thrown this. Throws it again if it is an error of the virtual machine, such as an
   * {@link OutOfMemoryError}, which is no matter of tracing.
   *
   * @param call which kind it is, as the log names it
   */
  void happened(String call, Throwable failure) {
    if (failure instanceof VirtualMachineError fatal) {
      throw fatal;
    }
    if (warned.add(call)) {
      LOG.warn(
          "tracing has failed when {}: {}. The stream goes on without this span. Mend the span"
              + " processor, sampler or propagator of the application that the stack trace names."
              + " Further failures of this kind are logged at DEBUG",
          call,
          StageFailure.inWords(failure),
          failure);
    } else {
      LOG.debug("tracing has failed again when {}", call, failure);
    }
  }

  /**
   * Guards what is to be called when an operation ends.
   *
   * @param call which kind it is, as the log names it
   * @return a function that never fails
   */
  Consumer<@Nullable Throwable> guarded(String call, Consumer<@Nullable Throwable> end) {
    Objects.requireNonNull(end);
    return outcome -> {
      try {
        end.accept(outcome);
      } catch (Throwable e) {
        happened(call, e);
      }
    };
  }
}
