// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "tail",
    description =
        "Show events as they arrive, or a range of those that are there. Commits nothing.",
    footer = {
      "",
      "Without --from it begins with the next event; without --until it does not end.",
      "Events that are gone before they are read are said on standard error; the exit",
      "code is 3 then.",
      "",
      "Examples:",
      "  eventhubs tail orders",
      "  eventhubs tail orders --from -10m --filter 'status=(4|5)\\d\\d'",
      "  eventhubs tail orders --from earliest --until now --json"
    })
final class TailCommand extends ServiceCommand {

  @Parameters(index = "0", paramLabel = "HUB", description = "The event hub.")
  private @Nullable String hub;

  @Mixin private @Nullable EventRange range;

  @Option(
      names = "--filter",
      paramLabel = "REGEX",
      description = "Only events whose body, key or properties match somewhere.")
  private @Nullable String filter;

  @Option(names = "--count", paramLabel = "N", description = "End after this many events.")
  private @Nullable Long count;

  @Option(names = "--json", description = "One JSON object per event and line.")
  private boolean json;

  TailCommand(Terminal terminal, SecretFilter secrets) {
    super(terminal, secrets);
  }

  @Override
  void check() {
    Objects.requireNonNull(range).check(terminal().clock().instant(), "latest", null);
    if (count != null && count < 1) {
      throw new UsageException("--count must be at least 1, and not " + count);
    }
    matching(filter);
  }

  /** Returns the condition of the filter. */
  static Predicate<PartitionEvent> matching(@Nullable String regex) {
    if (regex == null) {
      return event -> true;
    }
    try {
      Pattern pattern = Pattern.compile(regex);
      return event -> pattern.matcher(EventText.searched(event)).find();
    } catch (PatternSyntaxException e) {
      throw new UsageException("--filter is no regular expression: " + e.getDescription());
    }
  }

  @Override
  int run(Session session) {
    EventRange events = Objects.requireNonNull(range);
    ConsumerSettings settings = session.consumerSettings(hub, events.group());
    EventHubsMetadata metadata = session.metadata(settings);
    EventsThatWereGone missed = new EventsThatWereGone(session::warn, terminal().clock());
    Pair<Consumer.Control, CompletionStage<Done>> reading =
        events
            .events(metadata, settings, terminal().clock().instant(), missed)
            .filter(matching(filter)::test)
            .take(count == null ? Long.MAX_VALUE : count)
            .toMat(Sink.foreach(this::print), Keep.both())
            .run(session.system());
    try {
      Reading.await(reading.first(), reading.second(), events.warning(session), missed::tell);
    } finally {
      missed.tellAll();
    }
    terminal().out().flush();
    return missed.exitCode();
  }

  private void print(PartitionEvent event) {
    terminal()
        .out()
        .println(json ? JsonOutput.line(EventText.object(event)) : EventText.line(event));
  }
}
