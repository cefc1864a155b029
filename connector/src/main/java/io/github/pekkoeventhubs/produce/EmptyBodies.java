// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Counts received events without a body that are sent on. The SDK hands out an event whose producer
 * has used an AMQP value or an AMQP sequence without its body, and keeps nothing of the message
 * from which the body could be taken; it looks like an event whose body is empty. So such events
 * are sent on, and the log says how many there were: of the first one, the tenth, the hundredth and
 * so on. Any thread.
 */
final class EmptyBodies {

  private static final KeyedLog LOG = KeyedLog.named("io.github.pekkoeventhubs.Producer");

  private static final EmptyBodies OF_THIS_PROCESS =
      new EmptyBodies(line -> LOG.warn(LogKeys.NONE, line));

  private final Consumer<String> log;
  private final AtomicLong sentOn = new AtomicLong();

  EmptyBodies(Consumer<String> log) {
    this.log = log;
  }

  /** All producers of this process together. */
  static EmptyBodies ofThisProcess() {
    return OF_THIS_PROCESS;
  }

  /** A received event is being sent on. */
  void check(EventData event, Route route) {
    if (event.getBody().length > 0) {
      return;
    }
    long number = sentOn.incrementAndGet();
    if (isPowerOfTen(number)) {
      log.accept(
          "received events without a body are sent on, "
              + number
              + " until now, this one to "
              + route
              + ": if their producer sends AMQP values or sequences, the SDK has dropped the bodies;"
              + " have it send data sections");
    }
  }

  private static boolean isPowerOfTen(long number) {
    long power = 1;
    while (power < number) {
      power *= 10;
    }
    return power == number;
  }
}
