// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.services;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.emulator.blob.BlobFault;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Both emulators in a process of their own. It obeys one command per line of its input, answers
 * each with one line, and ends when its input does, so that it never outlives its parent.
 */
public final class ServicesMain {

  /** The consumer groups that each event hub has, besides {@code $Default}. */
  static final String CONSUMER_GROUP = "benchmark";

  /** Few enough that the largest events fit. */
  private static final int FILL_AT_ONCE = 64;

  private static final int FED_BODY_BYTES = 100;

  private final EventHubsEmulator eventHubs;
  private final BlobEmulator blobs;
  private final List<FaultHandle> gates = new ArrayList<>();
  private BlobFault blobDelay;
  private @Nullable FaultHandle sendDelay;

  private ServicesMain(EventHubsEmulator eventHubs, BlobEmulator blobs) {
    this.eventHubs = eventHubs;
    this.blobs = blobs;
    this.blobDelay = blobs.faults().always().delay(Duration.ofMillis(1));
    blobDelay.cancel();
  }

  /** Runs until the input ends. */
  public static void main(String[] arguments) throws IOException {
    try (EventHubsEmulator eventHubs = EventHubsEmulator.builder().start();
        BlobEmulator blobs = BlobEmulator.builder().writeLogCapacity(0).start();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      PrintStream answers = new PrintStream(System.out, true, UTF_8);
      answers.println(eventHubs.connectionString());
      answers.println(blobs.connectionString());
      ServicesMain services = new ServicesMain(eventHubs, blobs);
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        answers.println(services.answer(line));
      }
    }
  }

  private String answer(String line) {
    try {
      String[] words = line.split(" ");
      return "ok " + execute(words[0], Arrays.copyOfRange(words, 1, words.length));
    } catch (RuntimeException e) {
      return "failed " + e;
    }
  }

  private long execute(String command, String[] arguments) {
    return switch (command) {
      case "create" -> create(arguments[0], number(arguments[1]));
      case "group" -> group(arguments[0], arguments[1]);
      case "fill" -> fill(arguments[0], number(arguments[1]), number(arguments[2]));
      case "feed" -> feed(arguments[0], number(arguments[1]), number(arguments[2]));
      case "delete" -> delete(arguments[0]);
      case "retain" -> retain(arguments[0], number(arguments[1]));
      case "stall" -> stall(arguments[0]);
      case "resume" -> resume();
      case "receivers" -> eventHubs.receivers().size();
      case "connections" -> eventHubs.connectionCount();
      case "events" -> events(arguments[0]);
      case "container" -> container(arguments[0]);
      case "blob-delay" -> delayBlobs(number(arguments[0]));
      case "send-delay" -> delaySends(number(arguments[0]));
      case "blob-requests" -> blobs.requests().values().stream().mapToLong(Long::longValue).sum();
      case "blob-writes" ->
          blobs.requests(BlobOperation.SET_METADATA) + blobs.requests(BlobOperation.PUT_BLOB);
      default -> throw new IllegalArgumentException("there is no command " + command);
    };
  }

  private static int number(String word) {
    return Integer.parseInt(word);
  }

  private long create(String eventHub, int partitions) {
    eventHubs.addEventHub(eventHub, partitions, CONSUMER_GROUP);
    return partitions;
  }

  private long group(String eventHub, String name) {
    eventHubs.addConsumerGroup(eventHub, name);
    return 0;
  }

  /** Bodies are random, so that nothing on the way can make them smaller. */
  private long fill(String eventHub, int eventsPerPartition, int bodyBytes) {
    EventData[] events = new EventData[Math.min(FILL_AT_ONCE, eventsPerPartition)];
    byte[] body = new byte[bodyBytes];
    new Random(bodyBytes).nextBytes(body);
    Arrays.setAll(events, i -> new EventData(body));
    for (String partition : eventHubs.partitionIds(eventHub)) {
      int left = eventsPerPartition;
      while (left > 0) {
        int count = Math.min(left, events.length);
        eventHubs.send(eventHub, partition, Arrays.copyOf(events, count));
        left -= count;
      }
    }
    return eventsPerPartition;
  }

  private long feed(String eventHub, int eventsPerSecond, int seconds) {
    new SteadyLoad(eventHubs, eventHub, eventsPerSecond, new byte[FED_BODY_BYTES]).start(seconds);
    return eventsPerSecond;
  }

  private long delete(String eventHub) {
    eventHubs.deleteEventHub(eventHub);
    System.gc();
    return 0;
  }

  private long retain(String eventHub, int events) {
    eventHubs.retainEvents(eventHub, events);
    return events;
  }

  private long stall(String eventHub) {
    for (String partition : eventHubs.partitionIds(eventHub)) {
      gates.add(eventHubs.faults().stall(eventHub, partition));
    }
    return gates.size();
  }

  private long resume() {
    gates.forEach(FaultHandle::cancel);
    gates.clear();
    return 0;
  }

  private long events(String eventHub) {
    return eventHubs.partitionIds(eventHub).stream()
        .mapToLong(id -> eventHubs.partition(eventHub, id).lastSequenceNumber() + 1)
        .sum();
  }

  private long container(String name) {
    blobs.createContainer(name);
    return 0;
  }

  private long delaySends(int milliseconds) {
    if (sendDelay != null) {
      sendDelay.cancel();
      sendDelay = null;
    }
    if (milliseconds > 0) {
      sendDelay =
          eventHubs.faults().delayNextSends(Integer.MAX_VALUE, Duration.ofMillis(milliseconds));
    }
    return milliseconds;
  }

  private long delayBlobs(int milliseconds) {
    blobDelay.cancel();
    if (milliseconds > 0) {
      blobDelay = blobs.faults().always().delay(Duration.ofMillis(milliseconds));
    }
    return milliseconds;
  }
}
