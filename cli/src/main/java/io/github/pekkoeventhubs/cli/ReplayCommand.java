// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.EventHubProperties;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.cli.Session.Target;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.util.LinkedHashMap;
import java.util.Map;
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
      "Events that are gone before they are read are said on standard error; the exit",
      "code is 3 then.",
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

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

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
    EventsThatWereGone missed = new EventsThatWereGone(session::warn, terminal().clock());
    EventCopies copies = new EventCopies(keepPartitions, producer.properties());
    SentEvents<NotUsed> sent = new SentEvents<>();
    Pair<Consumer.Control, CompletionStage<Done>> reading =
        events
            .events(metadata, settings, terminal().clock().instant(), missed)
            .filter(TailCommand.matching(filter)::test)
            .map(copies::of)
            .toMat(sent.sink(producer.settings()), Keep.both())
            .run(session.system());
    try {
      Reading.await(reading.first(), reading.second(), events.warning(session), missed::tell);
    } catch (CompletionException failure) {
      missed.tellAll();
      printJson(sent, missed, session.clean(Failures.message(failure)));
      session.warn(
          sent.line() + " before the failure, or a few more: replaying again sends them again");
      throw failure;
    }
    missed.tellAll();
    copies.shortcomings().forEach(session::warn);
    if (!json) {
      terminal().out().println(sent.line() + missed.inWords());
    }
    printJson(sent, missed, null);
    return missed.exitCode();
  }

  private void printJson(
      SentEvents<NotUsed> sent, EventsThatWereGone missed, @Nullable String failure) {
    if (json) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("eventHub", source);
      object.put("to", target);
      object.put("sent", sent.count());
      object.put("missed", missed.objects());
      object.put("failure", failure);
      terminal().out().println(JsonOutput.line(object));
    }
  }
}
