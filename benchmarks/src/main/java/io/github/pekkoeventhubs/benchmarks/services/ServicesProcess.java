// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.services;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobServiceAsyncClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import io.github.pekkoeventhubs.testkit.process.JavaProcess;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

/** Event Hubs and Blob Storage in another process, and the commands it obeys. Thread-safe. */
public final class ServicesProcess implements AutoCloseable {

  /** A consumer group that each event hub has. */
  public static final String CONSUMER_GROUP = ServicesMain.CONSUMER_GROUP;

  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);
  private static final long SETTLED_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final JavaProcess process;
  private final String eventHubs;
  private final String blobs;
  private final BlobServiceAsyncClient blobClient;
  private int containers;

  private ServicesProcess(JavaProcess process) {
    this.process = process;
    this.eventHubs = line();
    this.blobs = line();
    this.blobClient =
        new BlobServiceClientBuilder()
            .connectionString(blobs)
            .httpClient(new JdkHttpClientBuilder().build())
            .buildAsyncClient();
  }

  /**
   * Starts the process with this process's class path.
   *
   * @param folder where it logs
   */
  public static ServicesProcess start(Path folder) {
    return new ServicesProcess(
        JavaProcess.of(ServicesMain.class)
            // One thread of collection, which has next to nothing to do: the two cores are needed.
            .withOptions(
                "-XX:+UseSerialGC",
                "-Xmx3g",
                "-Xmn256m",
                "-Dbenchmark.log=" + folder.resolve("services.log"))
            .withErrorsTo(folder.resolve("services.err"))
            .start("services"));
  }

  /** For clients of Event Hubs; names no event hub. */
  public String eventHubs() {
    return eventHubs;
  }

  /** For clients of Blob Storage. */
  public String blobs() {
    return blobs;
  }

  /** Adds an event hub without events, which has {@link #CONSUMER_GROUP}. */
  public void createEventHub(String name, int partitions) {
    command("create " + name + " " + partitions);
  }

  /** Adds a consumer group to an event hub. */
  public void createConsumerGroup(String eventHub, String name) {
    command("group " + eventHub + " " + name);
  }

  /** Adds so many events to each partition. */
  public void fill(String eventHub, int eventsPerPartition, int bodyBytes) {
    command("fill " + eventHub + " " + eventsPerPartition + " " + bodyBytes);
  }

  /**
   * Adds events of 100 bytes at this rate over all partitions, from now on, for so long; returns at
   * once.
   */
  public void feed(String eventHub, int eventsPerSecond, int seconds) {
    command("feed " + eventHub + " " + eventsPerSecond + " " + seconds);
  }

  public void deleteEventHub(String name) {
    command("delete " + name);
  }

  /** Keeps only so many events in each partition from now on. */
  public void retain(String eventHub, int events) {
    command("retain " + eventHub + " " + events);
  }

  /** No event of this event hub is sent before {@link #resume}. */
  public void stall(String eventHub) {
    command("stall " + eventHub);
  }

  /** Sends what was held back by {@link #stall}. */
  public void resume() {
    command("resume");
  }

  /** Waits until there are this many receivers, of all event hubs together. */
  public void awaitReceivers(int count) throws TimeoutException {
    await("receivers", receivers -> receivers == count, "there to be " + count + " receivers");
  }

  /**
   * Waits until no connection has been opened or closed for a while: clients that have been closed
   * work on until theirs are, which would be counted as the next one's work. The official processor
   * leaves one open.
   */
  public void awaitSettled() {
    long before = command("connections");
    long since = System.nanoTime();
    while (System.nanoTime() - since < SETTLED_NANOS) {
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
      long now = command("connections");
      if (now != before) {
        before = now;
        since = System.nanoTime();
      }
    }
  }

  /** How many events have ever been stored in the event hub. */
  public long events(String eventHub) {
    return command("events " + eventHub);
  }

  /** All requests to Blob Storage so far. */
  public long blobRequests() {
    return command("blob-requests");
  }

  /** Those of them that write. */
  public long blobWrites() {
    return command("blob-writes");
  }

  /**
   * From now on each request to Blob Storage takes at least this time; 0 for as fast as possible.
   */
  public void delayBlobs(int milliseconds) {
    command("blob-delay " + milliseconds);
  }

  /**
   * From now on what is sent is stored and acknowledged so much later, whatever is sent behind it
   * meanwhile; 0 for as fast as it can.
   */
  public void delaySends(int milliseconds) {
    command("send-delay " + milliseconds);
  }

  /** A blob container that nobody has used before. */
  public BlobContainerAsyncClient newContainer() {
    String name = newContainerName();
    return blobClient.getBlobContainerAsyncClient(name);
  }

  /** The name of a blob container that nobody has used before. */
  public synchronized String newContainerName() {
    String name = "container-" + containers++;
    command("container " + name);
    return name;
  }

  private void await(String question, LongPredicate condition, String what)
      throws TimeoutException {
    long begin = System.nanoTime();
    while (!condition.test(command(question))) {
      if (System.nanoTime() - begin > PATIENCE_NANOS) {
        throw new TimeoutException(
            "waited too long for " + what + ", there are " + command(question));
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  private synchronized long command(String line) {
    process.tell(line);
    String answer = line();
    if (!answer.startsWith("ok ")) {
      throw new IllegalStateException("'" + line + "' " + answer);
    }
    return Long.parseLong(answer.substring("ok ".length()));
  }

  private String line() {
    String line = process.nextReport();
    if (line == null) {
      throw new IllegalStateException("the process of the services has ended");
    }
    return line;
  }

  /** Ends the process. */
  @Override
  public void close() {
    process.terminate();
  }
}
