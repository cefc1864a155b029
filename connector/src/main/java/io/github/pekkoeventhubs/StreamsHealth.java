// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;

/**
 * Whether the sources of an actor system have started, are ready and are alive, for the probes of a
 * platform. {@link StartupCheck}, {@link ReadinessCheck} and {@link LivenessCheck} give the answers
 * to Pekko Management, which finds them by name; anything else may ask here.
 *
 * <p>How long something lasts is measured from question to question, so that a probe has to ask
 * more often than {@code stall-check} (30 s). An actor system without any source answers yes.
 *
 * <p>Thread-safe. No method blocks or fails.
 */
public final class StreamsHealth implements Extension {

  private static final Id ID = new Id();

  /**
   * The stall check finds a dead receiver within three of its intervals, and replaces it. A
   * partition that stands still for longer needs another cure.
   */
  private static final int STALL_CHECKS = 4;

  private final Supplier<List<RunningConsumer>> consumers;
  private final Supplier<List<ProducerStatus>> producers;
  private final Supplier<List<FailedConsumer>> failures;

  // Both are guarded by this.
  private final ObservedSince<StalledPartition> stalls;
  private final ObservedSince<Boolean> errors;

  StreamsHealth(
      Supplier<List<RunningConsumer>> consumers,
      Supplier<List<ProducerStatus>> producers,
      Supplier<List<FailedConsumer>> failures,
      LongSupplier nanoTime) {
    this.consumers = consumers;
    this.producers = producers;
    this.failures = failures;
    this.stalls = new ObservedSince<>(nanoTime);
    this.errors = new ObservedSince<>(nanoTime);
  }

  /** The health of the streams of this actor system. */
  public static StreamsHealth of(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  /**
   * Whether every source has had its first answer: it has read a partition, or it knows that none
   * is for it, since others have them all. A source that has failed, and that none has followed
   * which reads what it has read, has not started. A bounded reading that has failed does not count
   * any more: {@link RunningStreams#failures} says so.
   */
  public HealthAnswer started() {
    List<String> reasons = new ArrayList<>(failed());
    reasons.addAll(notStarted(consumers.get()));
    return new HealthAnswer(reasons);
  }

  /**
   * Whether every source runs and none has an error that lasts: all have {@linkplain #started
   * started}, no partition store is {@link StoreHealth#REFUSING} or {@link StoreHealth#SILENT}, and
   * no partition has shown an error for longer than {@code stall-check}. A partition that waits for
   * another owner is no error.
   */
  public synchronized HealthAnswer ready() {
    List<RunningConsumer> running = consumers.get();
    List<String> reasons = new ArrayList<>(failed());
    reasons.addAll(notStarted(running));
    running.forEach(consumer -> badStore(consumer, reasons));
    Map<String, Trouble<Boolean>> failing = new HashMap<>();
    eachPartition(
        running,
        (consumer, status) ->
            status
                .lastError()
                .ifPresent(
                    error ->
                        failing.put(
                            name(consumer, status),
                            new Trouble<>(true, consumer.stallCheck(), error))));
    reasons.addAll(lasting(errors, failing, " has an error for "));
    return new HealthAnswer(reasons);
  }

  /**
   * Whether no partition is stalled. One is, if it has events to read or to acknowledge, waits for
   * nothing outside of this process, and nothing of it has been received, emitted or acknowledged
   * for four times {@code stall-check} (2 minutes). A new process can cure that; it cannot cure an
   * outage of a service, which is none. So while attempts of a producer of this process fail, no
   * partition is stalled that waits for its stream. A stream that works on one event for longer
   * than that, or that tries again by itself to reach something else, needs a longer {@code
   * stall-check}.
   */
  public synchronized HealthAnswer live() {
    List<RunningConsumer> running = consumers.get();
    long failedSends = producers.get().stream().mapToLong(ProducerStatus::failures).sum();
    Map<String, Trouble<StalledPartition>> stalled = new HashMap<>();
    eachPartition(
        running,
        (consumer, status) ->
            StalledPartition.of(status, consumer.bounded(), failedSends)
                .ifPresent(
                    condition ->
                        stalled.put(
                            name(consumer, status),
                            new Trouble<>(
                                condition,
                                consumer.stallCheck().multipliedBy(STALL_CHECKS),
                                condition.inWords()))));
    return new HealthAnswer(lasting(stalls, stalled, " stands still for "));
  }

  private List<String> failed() {
    return failures.get().stream()
        .map(
            failed ->
                "the stream %s of event hub '%s', consumer group '%s', has failed, and none has followed: %s"
                    .formatted(
                        failed.id(), failed.eventHub(), failed.consumerGroup(), failed.reason()))
        .toList();
  }

  private static List<String> notStarted(List<RunningConsumer> running) {
    return running.stream()
        .filter(consumer -> !consumer.started())
        .map(
            consumer ->
                "the stream %s of event hub '%s', consumer group '%s', has not started yet"
                    .formatted(consumer.id(), consumer.eventHub(), consumer.consumerGroup()))
        .toList();
  }

  private static void badStore(RunningConsumer consumer, List<String> reasons) {
    consumer
        .status()
        .storeHealth()
        .filter(health -> health == StoreHealth.REFUSING || health == StoreHealth.SILENT)
        .ifPresent(
            health ->
                reasons.add(
                    "the partition store of the stream " + consumer.id() + " is " + health));
  }

  private static void eachPartition(
      List<RunningConsumer> running, BiConsumer<RunningConsumer, PartitionStatus> action) {
    for (RunningConsumer consumer : running) {
      consumer.status().partitions().values().forEach(status -> action.accept(consumer, status));
    }
  }

  private static String name(RunningConsumer consumer, PartitionStatus status) {
    return status.partition() + " in " + consumer.id();
  }

  /** The troubles that have lasted for longer than they may, in words. */
  private static <C> List<String> lasting(
      ObservedSince<C> observed, Map<String, Trouble<C>> troubles, String lasts) {
    Map<String, C> conditions = new HashMap<>();
    troubles.forEach((name, trouble) -> conditions.put(name, trouble.condition()));
    Map<String, Duration> ages = observed.observe(conditions);
    List<String> reasons = new ArrayList<>();
    troubles.forEach(
        (name, trouble) -> {
          Duration age = Objects.requireNonNull(ages.get(name));
          if (age.compareTo(trouble.bound()) > 0) {
            reasons.add(name + lasts + age.toSeconds() + " s: " + trouble.inWords());
          }
        });
    return reasons;
  }

  /**
   * Something that is wrong with a partition now.
   *
   * @param condition what it is; another one begins its time anew
   * @param bound for how long it may last
   */
  private record Trouble<C>(C condition, Duration bound, String inWords) {}

  private static final class Id extends AbstractExtensionId<StreamsHealth> {

    @Override
    public StreamsHealth createExtension(ExtendedActorSystem system) {
      RunningStreams streams = RunningStreams.of(system);
      return new StreamsHealth(
          streams::consumers, streams::producers, streams::failures, System::nanoTime);
    }
  }
}
