// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.AnotherEventHubException;
import io.github.pekkoeventhubs.CheckpointUnreadableException;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ContinuitySettings.OnMissedEvents;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.EventsMissedException;
import io.github.pekkoeventhubs.InvalidCheckpoint;
import io.github.pekkoeventhubs.InvalidCheckpoint.Reason;
import io.github.pekkoeventhubs.InvalidCheckpointPolicy;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Checkpoints of every kind, and where a stream reads on. The partition has events 0 to 49. */
class InvalidCheckpointTest extends ContinuityFixture {

  private ConsumerSettings settings(InvalidCheckpointPolicy policy) {
    return settings().withContinuity(settings().continuity().withOnInvalidCheckpoint(policy));
  }

  /** A checkpoint that cannot be used, for this reason. */
  private void storeInvalid(Reason reason) {
    send(50, SMALL);
    storeCheckpoint(
        switch (reason) {
          case BEYOND_END -> Map.of("sequencenumber", "999", "offset", "4711");
          case ANOTHER_EVENT_HUB -> Map.of("sequencenumber", "49", "offset", "1");
          case BEFORE_BEGINNING -> Map.of("sequencenumber", "9", "offset", offset(9));
          case UNREADABLE -> Map.of("sequencenumber", "forty", "offset", offset(40));
          case REFUSED -> Map.of("offset", "3:128:78");
        });
    if (reason == Reason.BEFORE_BEGINNING) {
      emulator.faults().moveRetention(EVENT_HUB, "0", 20);
    }
  }

  private ConsumerSettings strict(InvalidCheckpointPolicy policy) {
    ConsumerSettings settings = settings(policy);
    return settings.withContinuity(settings.continuity().withMissedEvents(OnMissedEvents.FAIL));
  }

  private static Stream<Arguments> usableCheckpoints() {
    return Stream.of(
        Arguments.of(
            "offset only", (Function<String, Map<String, String>>) o -> Map.of("offset", o)),
        Arguments.of(
            "number only",
            (Function<String, Map<String, String>>) o -> Map.of("sequencenumber", "29")),
        Arguments.of(
            "no offset",
            (Function<String, Map<String, String>>)
                o -> Map.of("sequencenumber", "29", "offset", "no offset")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("usableCheckpoints")
  void aCheckpointWithOneOfTheTwoIsUsed(
      String name, Function<String, Map<String, String>> entries) {
    send(50, SMALL);
    storeCheckpoint(entries.apply(offset(29)));

    Running stream = run(settings());
    awaitRead(49);
    stream.drain();

    assertThat(read).containsExactlyElementsOf(numbers(30, 49));
    assertThat(committed()).isEqualTo(49);
    assertThat(checkpoint()).containsEntry("offset", offset(49));
  }

  /** The claim has added the token. */
  private static Map<String, String> withoutFencingToken(Map<String, String> entries) {
    Map<String, String> rest = new TreeMap<>(entries);
    rest.remove(StoredCheckpoint.FENCING_TOKEN);
    return rest;
  }

  private static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(Reason.BEYOND_END, AnotherEventHubException.class, "999", "49"),
        Arguments.of(Reason.ANOTHER_EVENT_HUB, AnotherEventHubException.class, "49", "offset 1"),
        Arguments.of(Reason.BEFORE_BEGINNING, EventsMissedException.class, "9", "20"),
        Arguments.of(
            Reason.UNREADABLE,
            CheckpointUnreadableException.class,
            "'sequencenumber' = 'forty'",
            "blob 'localhost/orders/billing/checkpoint/0'"),
        Arguments.of(Reason.REFUSED, CheckpointUnreadableException.class, "3:128:78", "refuses"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void byDefaultTheStreamFailsAndSaysWhatToChange(
      Reason reason, Class<? extends EventHubsException> type, String one, String other) {
    storeInvalid(reason);
    Map<String, String> before = checkpoint();

    Throwable failure = run(strict(InvalidCheckpointPolicy.fail())).failure();

    assertThat(failure)
        .isInstanceOf(type)
        .hasMessageContaining(PARTITION.toString())
        .hasMessageContaining(one)
        .hasMessageContaining(other)
        .hasMessageContaining("continuity.on-invalid-checkpoint")
        .hasMessageContaining("planReset");
    assertThat(((EventHubsException) failure).isTransient()).isFalse();
    assertThat(read).isEmpty();
    assertThat(withoutFencingToken(checkpoint())).isEqualTo(before);
  }

  @Test
  void aCheckpointWithoutAnyPositionFailsTheStream() {
    send(50, SMALL);
    storeCheckpoint(Map.of("offset", "no offset"));

    assertThat(run(settings()).failure())
        .isInstanceOf(CheckpointUnreadableException.class)
        .hasMessageContaining(PARTITION.toString())
        .hasMessageContaining("blob 'localhost/orders/billing/checkpoint/0'")
        .hasMessageContaining("neither 'offset' nor 'sequencenumber'");
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void earliestReadsEverythingThatIsThereAndCommitsIt(Reason reason) {
    storeInvalid(reason);
    long first = reason == Reason.BEFORE_BEGINNING ? 20 : 0;

    Running stream = run(strict(InvalidCheckpointPolicy.earliest()));
    awaitRead(49);
    stream.drain();

    assertThat(read).containsExactlyElementsOf(numbers(first, 49));
    assertThat(committed()).isEqualTo(49);
    assertThat(warnings("on-invalid-checkpoint (earliest)"))
        .singleElement()
        .asString()
        .contains(PARTITION.toString(), "from the beginning");
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void latestReadsWhatIsSentFromThenOn(Reason reason) {
    storeInvalid(reason);

    Running stream = run(strict(InvalidCheckpointPolicy.latest()));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Map.of("sequencenumber", "49", "offset", offset(lastIndex()))
                    .equals(withoutFencingToken(checkpoint())));
    send(5, SMALL);
    awaitRead(54);
    stream.drain();

    assertThat(read).containsExactlyElementsOf(numbers(50, 54));
    assertThat(committed()).isEqualTo(54);
  }

  private int lastIndex() {
    return emulator.events(EVENT_HUB, "0").size() - 1;
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void aFunctionDecidesByWhatItIsTold(Reason reason) {
    storeInvalid(reason);
    Queue<InvalidCheckpoint> told = new ConcurrentLinkedQueue<>();
    Map<String, String> before = checkpoint();

    Running stream =
        run(
            strict(
                InvalidCheckpointPolicy.of(
                    invalid -> {
                      told.add(invalid);
                      return Optional.of(EventPosition.fromSequenceNumber(44, false));
                    })));
    awaitRead(49);
    stream.drain();

    assertThat(read).containsExactlyElementsOf(numbers(45, 49));
    InvalidCheckpoint invalid = told.element();
    assertThat(told).hasSize(1);
    assertThat(invalid.reason()).isEqualTo(reason);
    assertThat(invalid.partition()).isEqualTo(PARTITION);
    assertThat(withoutFencingToken(invalid.checkpoint().entries())).isEqualTo(before);
    assertThat(invalid.properties().getLastEnqueuedSequenceNumber()).isEqualTo(49);
    assertThat(invalid.description()).startsWith(PARTITION + ": ");
  }

  @Test
  void aFunctionWithoutAnAnswerFailsTheStream() {
    storeInvalid(Reason.BEYOND_END);

    assertThat(run(settings(InvalidCheckpointPolicy.of(invalid -> Optional.empty()))).failure())
        .isInstanceOf(AnotherEventHubException.class);
  }

  @Test
  void aFunctionThatThrowsFailsTheStream() {
    storeInvalid(Reason.UNREADABLE);
    IllegalStateException bug = new IllegalStateException("no such table");

    assertThat(
            run(settings(
                    InvalidCheckpointPolicy.of(
                        invalid -> {
                          throw bug;
                        })))
                .failure())
        .isInstanceOf(EventHubsException.class)
        .hasMessageContaining(PARTITION.toString())
        .hasCause(bug);
  }

  private static Stream<Subscription> subscriptions() {
    return Stream.of(Subscriptions.balanced(), Subscriptions.partitions("0"));
  }

  @ParameterizedTest
  @MethodSource("subscriptions")
  void aFixedPartitionIsTreatedAsAClaimedOne(Subscription subscription) {
    storeInvalid(Reason.BEYOND_END);
    assertThat(run(settings(), subscription).failure())
        .isInstanceOf(AnotherEventHubException.class);

    Running stream = run(settings(InvalidCheckpointPolicy.earliest()), subscription);
    awaitRead(49);
    stream.drain();

    assertThat(committed()).isEqualTo(49);
  }

  @Test
  void aStoreThatDoesNotAnswerIsNeverTakenForNoCheckpoint() {
    send(50, SMALL);
    storeCheckpoint(Map.of("sequencenumber", "29", "offset", offset(29)));
    blobs.faults().next(6).answer(503, "ServerBusy");

    run(settings());
    awaitRead(49);

    assertThat(read).containsExactlyElementsOf(numbers(30, 49));
  }
}
