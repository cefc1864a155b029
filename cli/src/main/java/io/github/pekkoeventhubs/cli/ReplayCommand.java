// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubProperties;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.cli.Session.Target;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "replay",
    description = "Send a range of one event hub's events to another one, and end.",
    footer = {
      "",
      "Bodies, properties and partition keys are copied; numbers and times are new.",
      "An event with a key goes to the key's partition, others in turn to all, or with",
      "--keep-partitions to the partition of the same id. The order of events is kept",
      "among those that go to one partition. After a failure some events may be there",
      "already; replaying again sends them again.",
      "",
      "Examples:",
      "  eventhubs replay orders orders-test --from -1h",
      "  eventhubs replay orders copy --from earliest --until 2026-11-29T05:00:00Z"
    })
final class ReplayCommand extends ServiceCommand {

  @Parameters(index = "0", paramLabel = "FROM-HUB", description = "The event hub to read.")
  private @Nullable String source;

  @Parameters(index = "1", paramLabel = "TO-HUB", description = "The event hub to send to.")
  private @Nullable String target;

  @Mixin private @Nullable EventRange range;

  @Option(
      names = "--filter",
      paramLabel = "REGEX",
      description = "Only events whose body, key or properties match somewhere.")
  private @Nullable String filter;

  @Option(names = "--keep-partitions", description = "Send to the partition of the same id.")
  private boolean keepPartitions;

  @Option(
      names = "--to-connection-string",
      paramLabel = "TEXT",
      description = "Of the namespace to send to, if it is another one.")
  private @Nullable String targetConnectionString;

  ReplayCommand(Terminal terminal, SecretFilter secrets) {
    super(terminal, secrets);
  }

  @Override
  void check() {
    Objects.requireNonNull(range).check(terminal().clock().instant(), "earliest", "now");
    TailCommand.matching(filter);
    if (targetConnectionString == null
        && Objects.requireNonNull(source).equalsIgnoreCase(Objects.requireNonNull(target))) {
      throw toItself();
    }
  }

  private static UsageException toItself() {
    return new UsageException("an event hub cannot be replayed to itself: name another one");
  }

  /**
   * Refuses the event hub that is read, whatever it is called by: names of namespaces and of event
   * hubs are the same in any case, and two of one name were created at different times.
   */
  private static void refuseItself(EventHubsMetadata read, Target target) {
    EventHubProperties source = Session.await(read.eventHubProperties());
    if (read.partition("0").namespace().equalsIgnoreCase(target.namespace())
        && source.getName().equalsIgnoreCase(target.properties().getName())
        && source.getCreatedAt().equals(target.properties().getCreatedAt())) {
      throw toItself();
    }
  }

  @Override
  int run(Session session) {
    EventRange events = Objects.requireNonNull(range);
    ConsumerSettings settings = session.consumerSettings(source, events.group());
    Target producer = session.target(Objects.requireNonNull(target), targetConnectionString);
    EventHubsMetadata metadata = session.metadata(settings);
    refuseItself(metadata, producer);
    SentEvents<NotUsed> sent = new SentEvents<>();
    Pair<Consumer.Control, CompletionStage<Done>> reading =
        events
            .events(metadata, settings, terminal().clock().instant())
            .filter(TailCommand.matching(filter)::test)
            .map(this::envelope)
            .toMat(sent.sink(producer.settings()), Keep.both())
            .run(session.system());
    try {
      Reading.await(reading.first(), reading.second(), events.warning(session));
    } catch (CompletionException failure) {
      session.warn(
          sent.line() + " before the failure, or a few more: replaying again sends them again");
      throw failure;
    }
    terminal().out().println(sent.line());
    return ExitCode.OK;
  }

  private Envelope<NotUsed> envelope(PartitionEvent event) {
    EventData read = event.getData();
    EventData copy = new EventData(read.getBody());
    copy.getProperties().putAll(read.getProperties());
    if (read.getContentType() != null) {
      copy.setContentType(read.getContentType());
    }
    if (read.getCorrelationId() != null) {
      copy.setCorrelationId(read.getCorrelationId());
    }
    if (read.getMessageId() != null) {
      copy.setMessageId(read.getMessageId());
    }
    if (keepPartitions) {
      return ProducerMessage.single(
          copy, Route.partitionId(event.getPartitionContext().getPartitionId()));
    }
    String key = read.getPartitionKey();
    return ProducerMessage.single(copy, key == null ? Route.roundRobin() : Route.partitionKey(key));
  }
}
