// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.CheckpointReset;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.PartitionReset;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.UndecodableEventException;
import io.github.pekkoeventhubs.emulator.clients.EngineClient;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Sender;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Messages at which the SDK's decoder fails. The SDK ends the connection then, and tells none of
 * its receivers the reason.
 */
class UndecodableMessageTest extends ContinuityFixture {

  /** More than the decoder takes. */
  private static final int LEVELS = 40;

  private enum Message {
    CONTENT_TYPE_OF_ANOTHER_TYPE {
      @Override
      void send(UndecodableMessageTest test) {
        test.sendEncoded(withContentTypeAsString());
      }
    },
    NESTED_TOO_DEEPLY {
      @Override
      void send(UndecodableMessageTest test) {
        EventData event = new EventData("deep");
        Object value = "value";
        for (int level = 0; level < LEVELS; level++) {
          value = List.of(value);
        }
        event.getProperties().put("deep", value);
        test.emulator.send(EVENT_HUB, "0", event);
      }
    };

    abstract void send(UndecodableMessageTest test);
  }

  /** Properties with a content type that is a string, and a body. */
  private static byte[] withContentTypeAsString() {
    byte[] type = "text/plain".getBytes(UTF_8);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    // A list of seven fields, the first six of which are null.
    message.writeBytes(new byte[] {0, 0x53, 0x73, (byte) 0xc0, (byte) (9 + type.length), 7});
    message.writeBytes(new byte[] {0x40, 0x40, 0x40, 0x40, 0x40, 0x40});
    message.writeBytes(new byte[] {(byte) 0xa1, (byte) type.length});
    message.writeBytes(type);
    message.writeBytes(new byte[] {0, 0x53, 0x75, (byte) 0xa0, 2, 'h', 'i'});
    return message.toByteArray();
  }

  private void sendEncoded(byte[] message) {
    try (EngineClient client = new EngineClient(emulator.port(), 60_000)) {
      Sender sender = client.sender(EVENT_HUB + "/Partitions/0");
      Delivery delivery = client.send(sender, message);
      client.runUntil(delivery::remotelySettled);
    }
  }

  /** The SDK completes the receivers when the metadata-timeout has passed. */
  @Override
  ConsumerSettings settings() {
    return super.settings()
        .withMetadataTimeout(Duration.ofSeconds(1))
        .withStallCheck(Duration.ofSeconds(2))
        .withConnections(1);
  }

  @ParameterizedTest
  @EnumSource
  void theStreamFailsAndNamesTheEvent(Message message) {
    send(10, SMALL);
    message.send(this);
    send(10, SMALL);

    Running stream = run(settings());

    assertThat(stream.failure())
        .isInstanceOf(UndecodableEventException.class)
        .hasMessageContaining(PARTITION.toString())
        .hasMessageContaining("sequence number 10")
        .hasMessageContaining("--to 10 --partition 0");
    assertThat(read).containsExactlyElementsOf(numbers(0, 9));
  }

  @Test
  void whereThatIsWantedTheyAreLeftOutAndCounted() {
    send(10, SMALL);
    Message.CONTENT_TYPE_OF_ANOTHER_TYPE.send(this);
    Message.CONTENT_TYPE_OF_ANOTHER_TYPE.send(this);
    send(10, SMALL);

    Running stream = run(skipping());
    awaitRead(21);

    assertThat(read)
        .containsExactlyElementsOf(
            Stream.concat(numbers(0, 9).stream(), numbers(12, 21).stream()).toList());
    assertThat(stream.status().undecodable()).isEqualTo(2);
    assertThat(stream.status().missed()).isZero();
    assertThat(warnings("left out")).hasSize(2);
    await().atMost(PATIENCE).until(() -> committed() == 21);
  }

  /** The receivers that have to show something pass the first event once more. */
  @Test
  void oneBehindAnEventThatTheSdkReportsIsLeftOutToo() {
    send(10, SMALL);
    sendUndecodable();
    Message.NESTED_TOO_DEEPLY.send(this);
    send(5, SMALL);

    Running stream = run(skipping());
    awaitRead(16);

    assertThat(read)
        .containsExactlyElementsOf(
            Stream.concat(numbers(0, 9).stream(), numbers(12, 16).stream()).toList());
    assertThat(stream.status().undecodable()).isEqualTo(2);
  }

  @Test
  void theOtherPartitionsOfTheConnectionGoOnAndLoseNothing() {
    emulator.growEventHub(EVENT_HUB, 2);
    Queue<CommittableEvent> events = new ConcurrentLinkedQueue<>();
    send(10, SMALL);
    Message.NESTED_TOO_DEEPLY.send(this);
    send(1, SMALL);

    Running stream =
        willBeStopped(
            Consumer.committableSource(skipping(), Subscriptions.balanced())
                .map(
                    event -> {
                      events.add(event);
                      return event.committableOffset();
                    })
                .toMat(Committer.sink(CommitterSettings.create(system)), Running::new)
                .run(system));
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              emulator.send(EVENT_HUB, "1", new EventData("neighbour"));
              return of(events, "0").contains(11L);
            });
    long last = emulator.send(EVENT_HUB, "1", new EventData("last"));
    await().atMost(PATIENCE).until(() -> of(events, "1").contains(last));

    assertThat(of(events, "1")).containsExactlyElementsOf(numbers(0, last));
    assertThat(of(events, "0")).containsExactlyElementsOf(with(numbers(0, 9), 11));
    assertThat(stream.control().status().partitions().get("1"))
        .satisfies(neighbour -> assertThat(neighbour.undecodable()).isZero());
  }

  private static List<Long> of(Queue<CommittableEvent> events, String partitionId) {
    return events.stream()
        .filter(event -> event.partition().partitionId().equals(partitionId))
        .map(CommittableEvent::sequenceNumber)
        .toList();
  }

  private static List<Long> with(List<Long> numbers, long another) {
    return Stream.concat(numbers.stream(), Stream.of(another)).toList();
  }

  @ParameterizedTest
  @EnumSource
  void aResetPassesTheEvent(Message message) {
    send(10, SMALL);
    message.send(this);
    send(1, SMALL);
    EventHubsMetadata metadata = EventHubsMetadata.create(settings(), system);

    CheckpointReset done =
        metadata
            .planReset(EventPosition.fromSequenceNumber(10))
            .thenCompose(metadata::reset)
            .toCompletableFuture()
            .join();

    assertThat(done.partitions().get("0"))
        .satisfies(
            partition -> assertThat(partition.outcome()).isEqualTo(PartitionReset.Outcome.WRITTEN));
    assertThat(checkpoint())
        .containsEntry(StoredCheckpoint.SEQUENCE_NUMBER, "10")
        .doesNotContainKey(StoredCheckpoint.OFFSET);
    run(settings());
    awaitRead(11);
    assertThat(read).containsExactly(11L);
    assertThat(metadata.close().toCompletableFuture()).succeedsWithin(PATIENCE);
  }
}
