// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import static io.github.pekkoeventhubs.micrometer.ExampleStreams.consumer;
import static io.github.pekkoeventhubs.micrometer.ExampleStreams.partition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.RunningConsumer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.core.instrument.simple.CountingMode;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamsMetersTest {

  private static final String PARTITION = "messaging.destination.partition.id";

  private static final SimpleConfig STEPS =
      new SimpleConfig() {
        @Override
        public @Nullable String get(String key) {
          return null;
        }

        @Override
        public CountingMode mode() {
          return CountingMode.STEP;
        }
      };

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicLong clock = new AtomicLong();
  private final AtomicInteger looks = new AtomicInteger();
  private StreamsView view = ExampleStreams.all();
  private final StreamsMeters meters =
      new StreamsMeters(
          registry,
          () -> {
            looks.incrementAndGet();
            return view;
          },
          clock::get,
          () -> ExampleStreams.NOW);

  private void shows(RunningConsumer... consumers) {
    view = StreamsView.of(List.of(consumers));
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
  }

  private double gauge(String name, String... tags) {
    return registry.get(name).tags(tags).gauge().value();
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }

  private double counter(String name) {
    return registry.get(name).functionCounter().count();
  }

  private double lost(String reason) {
    return registry
        .get("pekko.eventhubs.consumer.lost")
        .tags("reason", reason)
        .functionCounter()
        .count();
  }

  private double requests(String operation, String answer) {
    return registry
        .get("pekko.eventhubs.store.requests")
        .tags("operation", operation, "answer", answer)
        .functionCounter()
        .count();
  }

  @Test
  void eachFigureHasItsMeter() {
    meters.refresh();

    assertThat(gauge("pekko.eventhubs.partition.lag", "position", "committed")).isEqualTo(50);
    assertThat(gauge("pekko.eventhubs.partition.lag", "position", "emitted")).isEqualTo(40);
    assertThat(registry.get("messaging.eventhubs.consumer.lag").timeGauge().value(TimeUnit.SECONDS))
        .isEqualTo(30);
    assertThat(gauge("pekko.eventhubs.partition.uncommitted.age")).isEqualTo(7);
    assertThat(gauge("pekko.eventhubs.partition.unacknowledged.age")).isEqualTo(1.5);
    assertThat(gauge("pekko.eventhubs.partition.in.flight")).isEqualTo(5);
    assertThat(gauge("pekko.eventhubs.partition.acknowledged.ahead")).isEqualTo(3);
    assertThat(gauge("pekko.eventhubs.partition.buffered")).isEqualTo(10);
    assertThat(gauge("pekko.eventhubs.partition.buffer.fill")).isEqualTo(0.25);
    assertThat(gauge("pekko.eventhubs.partition.failing")).isZero();
    assertThat(gauge("pekko.eventhubs.partition.state", "state", "running")).isEqualTo(1);
    assertThat(gauge("pekko.eventhubs.partition.state", "state", "lost")).isZero();
    assertThat(gauge("pekko.eventhubs.partition.waits.for", "reason", "demand")).isEqualTo(1);
    assertThat(gauge("pekko.eventhubs.partition.waits.for", "reason", "events")).isZero();
    assertThat(counter("messaging.client.consumed.messages")).isEqualTo(110);
    assertThat(counter("pekko.eventhubs.partition.received")).isEqualTo(120);
    assertThat(counter("pekko.eventhubs.partition.receivers")).isEqualTo(4);
    assertThat(counter("pekko.eventhubs.partition.missed")).isEqualTo(11);
    assertThat(counter("pekko.eventhubs.partition.undecodable")).isEqualTo(12);
    assertThat(counter("pekko.eventhubs.partition.skipped")).isEqualTo(2);
    assertThat(counter("pekko.eventhubs.partition.dropped")).isEqualTo(1);
    assertThat(counter("pekko.eventhubs.checkpoint.writes")).isEqualTo(20);
    assertThat(counter("pekko.eventhubs.checkpoint.failures")).isEqualTo(6);
    assertThat(counter("pekko.eventhubs.checkpoint.conflicts")).isEqualTo(2);
    assertThat(counter("pekko.eventhubs.checkpoint.coalesced")).isEqualTo(9);
  }

  @Test
  void aConsumerGroupAProducerAndAFailureHaveTheirs() {
    meters.refresh();

    assertThat(gauge("pekko.eventhubs.consumer.streams")).isEqualTo(1);
    assertThat(gauge("pekko.eventhubs.consumer.started")).isEqualTo(1);
    assertThat(gauge("pekko.eventhubs.consumer.partitions")).isEqualTo(1);
    assertThat(gauge("pekko.eventhubs.consumer.hub.partitions")).isEqualTo(8);
    assertThat(gauge("pekko.eventhubs.store.health", "health", "throttling")).isEqualTo(1);
    assertThat(gauge("pekko.eventhubs.store.health", "health", "answering")).isZero();
    assertThat(counter("pekko.eventhubs.consumer.assigned")).isEqualTo(9);
    assertThat(lost("claimed")).isEqualTo(1);
    assertThat(lost("expired")).isEqualTo(2);
    assertThat(lost("removed")).isZero();
    assertThat(requests("write_checkpoint", "answered")).isEqualTo(20);
    assertThat(requests("write_checkpoint", "throttled")).isEqualTo(6);
    assertThat(requests("read_checkpoint", "not_found")).isZero();
    assertThat(counter("pekko.eventhubs.consumer.repeated")).isEqualTo(17);
    var handOvers = registry.get("pekko.eventhubs.consumer.hand.over").timer();
    assertThat(handOvers.count()).isEqualTo(5);
    assertThat(handOvers.totalTime(TimeUnit.SECONDS)).isEqualTo(2);
    assertThat(counter("messaging.client.published.messages")).isEqualTo(1000);
    assertThat(gauge("pekko.eventhubs.producer.in.flight")).isEqualTo(2);
    assertThat(gauge("pekko.eventhubs.producer.in.flight.age")).isEqualTo(3);
    assertThat(counter("pekko.eventhubs.producer.batches")).isEqualTo(10);
    assertThat(counter("pekko.eventhubs.producer.sent")).isEqualTo(50_000);
    assertThat(counter("pekko.eventhubs.producer.retries")).isEqualTo(4);
    assertThat(counter("pekko.eventhubs.producer.failures")).isEqualTo(5);
    assertThat(gauge("pekko.eventhubs.consumer.failed")).isEqualTo(1);
  }

  private void hasTimes(Timer timer, int count, double seconds) {
    assertThat(timer.count()).isEqualTo(count);
    assertThat(timer.totalTime(TimeUnit.SECONDS)).isEqualTo(seconds);
  }

  private Timer operation(String name, String errorType) {
    return registry
        .get("messaging.client.operation.duration")
        .tags("messaging.operation.name", name, "error.type", errorType)
        .timer();
  }

  @Test
  void attemptsThatFailAreTimedApartUnderTheirErrorType() {
    meters.refresh();

    hasTimes(operation("send", ""), 10, 4);
    hasTimes(operation("send", "_OTHER"), 5, 2);
    hasTimes(operation("checkpoint", ""), 20, 2);
    hasTimes(operation("checkpoint", "_OTHER"), 6, 0.6);
  }

  @Test
  void theTimeFromEmissionToAcknowledgementHasTheNameOfTheConventions() {
    meters.refresh();

    hasTimes(
        registry
            .get("messaging.process.duration")
            .tags("messaging.operation.name", "process", "messaging.operation.type", "process")
            .timer(),
        30,
        0.9);
  }

  @Test
  void theSdksNamesBearTheSdksAttributes() {
    meters.refresh();

    assertThat(
            registry.get("messaging.client.consumed.messages").functionCounter().getId().getTags())
        .extracting(tag -> tag.getKey() + "=" + tag.getValue())
        .containsExactlyInAnyOrder(
            "messaging.system=eventhubs",
            "server.address=ns",
            "messaging.destination.name=orders",
            "messaging.consumer.group.name=billing",
            "messaging.destination.partition.id=0",
            "messaging.operation.name=receive",
            "messaging.operation.type=receive");
  }

  @Test
  void theStreamsAreLookedAtOncePerScrapeAndNotOncePerMeter() {
    meters.refresh();
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    looks.set(0);

    registry.forEachMeter(meter -> meter.measure().forEach(measured -> measured.getValue()));
    assertThat(looks).hasValue(1);

    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(gauge("pekko.eventhubs.partition.in.flight")).isEqualTo(5);
    assertThat(looks).hasValue(2);
  }

  @Test
  void aPartitionThatHasGoneLeavesNoSeriesAndOneThatComesGetsItsOwn() {
    shows(
        consumer(
            "a", partition("0", OwnerState.RUNNING, 1), partition("1", OwnerState.RUNNING, 1)));
    meters.refresh();
    shows(
        consumer(
            "a", partition("1", OwnerState.RUNNING, 1), partition("2", OwnerState.RUNNING, 1)));
    assertThat(gauge("pekko.eventhubs.partition.in.flight", PARTITION, "0"))
        .as("between two rounds")
        .isNaN();
    meters.refresh();

    assertThat(registry.find("pekko.eventhubs.partition.in.flight").meters())
        .extracting(meter -> meter.getId().getTag(PARTITION))
        .containsExactlyInAnyOrder("1", "2");
    assertThat(registry.getMeters())
        .extracting(meter -> meter.getId().getTag(PARTITION))
        .doesNotContain("0");
  }

  @Test
  void aPartitionThatMovesBetweenTwoStreamsOfTheProcessIsOneSeriesOfItsOwner() {
    shows(
        consumer("a", partition("0", OwnerState.DRAINING, 100)),
        consumer("b", partition("0", OwnerState.WAITING, 0)));
    meters.refresh();

    assertThat(gauge("pekko.eventhubs.partition.state", "state", "draining")).isEqualTo(1);
    assertThat(counter("messaging.client.consumed.messages")).isEqualTo(100);
    assertThat(gauge("pekko.eventhubs.consumer.streams")).isEqualTo(2);
    assertThat(gauge("pekko.eventhubs.consumer.partitions")).isEqualTo(1);

    shows(consumer("b", partition("0", OwnerState.RUNNING, 30)));
    assertThat(gauge("pekko.eventhubs.partition.state", "state", "running")).isEqualTo(1);
    assertThat(counter("messaging.client.consumed.messages"))
        .as("what the first stream has counted stays")
        .isEqualTo(130);
  }

  @Test
  void aClosedBindingLeavesNothingAndRegistersNothing() {
    meters.refresh();
    List<Meter> before = registry.getMeters();
    meters.close();
    assertThat(before).isNotEmpty();
    assertThat(registry.getMeters()).isEmpty();

    meters.refresh();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void aPartitionThatComesBackToAStreamOfTheProcessIsNotCountedAgain() {
    shows(consumer("a", partition("0", OwnerState.RUNNING, 100)), consumer("b"));
    meters.refresh();
    shows(consumer("a"), consumer("b", partition("0", OwnerState.RUNNING, 80)));
    meters.refresh();
    shows(consumer("a", partition("0", OwnerState.RUNNING, 100)), consumer("b"));
    meters.refresh();

    assertThat(counter("messaging.client.consumed.messages")).isEqualTo(180);

    shows(consumer("a", partition("0", OwnerState.RUNNING, 107)), consumer("b"));
    assertThat(counter("messaging.client.consumed.messages")).isEqualTo(187);
  }

  @Test
  void theMetersOfAPartitionThatComesBackCountWhatIsNew() {
    shows(consumer("a", partition("0", OwnerState.RUNNING, 100)));
    meters.refresh();
    shows(consumer("a"));
    meters.refresh();
    assertThat(registry.find("messaging.client.consumed.messages").meters()).isEmpty();
    shows(consumer("a", partition("0", OwnerState.RUNNING, 130)));
    meters.refresh();

    assertThat(counter("messaging.client.consumed.messages")).isEqualTo(30);
    Timer acknowledged = registry.get("messaging.process.duration").timer();
    hasTimes(acknowledged, 0, 0);
    assertThat(acknowledged.max(TimeUnit.SECONDS)).isZero();
  }

  @Test
  void aStreamThatHasEndedAndAnotherOfItsNameAreTwo() {
    shows(consumer("a", partition("0", OwnerState.RUNNING, 100)));
    meters.refresh();
    shows();
    meters.refresh();
    shows(consumer("a", partition("0", OwnerState.RUNNING, 30)));
    meters.refresh();

    assertThat(counter("messaging.client.consumed.messages")).isEqualTo(30);
  }

  @Test
  void aRegistryOfStepsIsNotToldTheHistoryOfAPartitionThatComesBack() {
    MockClock time = new MockClock();
    SimpleMeterRegistry steps = new SimpleMeterRegistry(STEPS, time);
    StreamsMeters stepwise =
        new StreamsMeters(steps, () -> view, clock::get, () -> ExampleStreams.NOW);
    shows(consumer("a", partition("0", OwnerState.RUNNING, 100)));
    stepwise.refresh();
    shows(consumer("a"));
    stepwise.refresh();
    shows(consumer("a", partition("0", OwnerState.RUNNING, 130)));
    stepwise.refresh();
    time.add(STEPS.step());

    assertThat(steps.get("messaging.client.consumed.messages").functionCounter().count())
        .isEqualTo(30);
    assertThat(steps.get("messaging.process.duration").timer().count()).isZero();
  }

  private void refuses(String name, AtomicBoolean refused) {
    registry
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public MeterFilterReply accept(Meter.Id id) {
                if (refused.get() && id.getName().equals(name)) {
                  throw new IllegalStateException("the registry is not there yet");
                }
                return MeterFilterReply.NEUTRAL;
              }
            });
  }

  @Test
  void aMeterThatTheRegistryRefusesIsTriedAgainAndKeepsNoOtherFromIt() {
    StreamsMeters complete = meters;
    complete.refresh();
    int all = registry.getMeters().size();
    complete.close();
    AtomicBoolean refused = new AtomicBoolean(true);
    refuses("pekko.eventhubs.partition.in.flight", refused);
    StreamsMeters tried =
        new StreamsMeters(registry, () -> view, clock::get, () -> ExampleStreams.NOW);

    assertThatThrownBy(tried::refresh).hasMessageContaining("not there yet");
    assertThat(registry.getMeters()).hasSize(all - 1);
    assertThatThrownBy(tried::refresh).as("each round says so").hasMessageContaining("not there");
    refused.set(false);
    tried.refresh();
    assertThat(registry.getMeters()).hasSize(all);

    tried.close();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void aMeterThatTheRegistryDoesNotRemoveIsRemovedLater() {
    AtomicBoolean refused = new AtomicBoolean(true);
    registry
        .config()
        .onMeterRemoved(
            meter -> {
              if (meter.getId().getName().equals("pekko.eventhubs.partition.in.flight")
                  && refused.getAndSet(false)) {
                throw new IllegalStateException("the registry is busy");
              }
            });
    meters.refresh();
    shows();

    assertThatThrownBy(meters::refresh).hasMessageContaining("busy");
    meters.refresh();
    assertThat(registry.getMeters()).isEmpty();
  }

  private StreamsMeters another(RunningConsumer consumer) {
    return new StreamsMeters(
        registry, () -> StreamsView.of(List.of(consumer)), clock::get, () -> ExampleStreams.NOW);
  }

  @Test
  void whatASecondBindingShowsIsThereAsSoonAsTheFirstIsClosed() {
    StreamsMeters first = another(consumer("control", partition("0", OwnerState.DRAINING, 100)));
    StreamsMeters second = another(consumer("control", partition("0", OwnerState.RUNNING, 30)));
    first.refresh();
    second.refresh();
    assertThat(counter("messaging.client.consumed.messages")).isEqualTo(100);

    first.close();
    second.refresh();
    assertThat(counter("messaging.client.consumed.messages")).isEqualTo(30);
    assertThat(gauge("pekko.eventhubs.partition.state", "state", "running")).isEqualTo(1);
    assertThat(gauge("pekko.eventhubs.consumer.partitions")).isEqualTo(1);

    second.close();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void aSecondBindingThatIsClosedTakesNothingFromTheFirst() {
    StreamsMeters first = another(consumer("control", partition("0", OwnerState.RUNNING, 100)));
    StreamsMeters second =
        another(
            consumer(
                "control",
                partition("0", OwnerState.RUNNING, 30),
                partition("1", OwnerState.RUNNING, 40)));
    first.refresh();
    second.refresh();
    second.close();

    assertThat(counter("messaging.client.consumed.messages")).isEqualTo(100);
    assertThat(gauge("pekko.eventhubs.consumer.streams")).isEqualTo(1);
  }
}
