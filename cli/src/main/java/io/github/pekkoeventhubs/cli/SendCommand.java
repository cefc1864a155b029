// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.javadsl.Producer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "send",
    description = "Send each line of standard input, or of files, as an event, byte for byte.",
    footer = {
      "",
      "Examples:",
      "  echo hello | eventhubs send orders",
      "  eventhubs send orders --key customer-7 --property source=import orders.jsonl",
      "  eventhubs send pictures --whole picture.png"
    })
final class SendCommand extends ServiceCommand {

  @Parameters(index = "0", paramLabel = "HUB", description = "The event hub.")
  private @Nullable String hub;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "FILE",
      description = "Read these instead of standard input.")
  private @Nullable List<Path> files;

  @Option(names = "--key", paramLabel = "KEY", description = "The partition key of all events.")
  private @Nullable String key;

  @Option(names = "--partition", paramLabel = "ID", description = "The partition of all events.")
  private @Nullable String partition;

  @Option(
      names = "--property",
      paramLabel = "NAME=VALUE",
      description = "A property of all events; may be repeated.")
  private @Nullable Map<String, String> properties;

  @Option(names = "--whole", description = "Send each file as one event, whatever it holds.")
  private boolean whole;

  SendCommand(Terminal terminal, SecretFilter secrets) {
    super(terminal, secrets);
  }

  @Override
  void check() {
    if (key != null && partition != null) {
      throw new UsageException("--key and --partition exclude each other: a key has its partition");
    }
    if (whole && files == null) {
      throw new UsageException("--whole needs files");
    }
    for (Path file : files == null ? List.<Path>of() : files) {
      if (!Files.isReadable(file)) {
        throw new UsageException("'" + file + "' cannot be read");
      }
    }
  }

  @Override
  int run(Session session) {
    ProducerSettings settings = session.target(Objects.requireNonNull(hub), null).settings();
    Route route = route();
    AtomicLong sent = new AtomicLong();
    Session.await(
        bodies()
            // Reading may wait for the user.
            .async("pekko.actor.default-blocking-io-dispatcher")
            .map(body -> new ProducerMessage.Routed(event(body), route))
            .map(
                each -> {
                  sent.incrementAndGet();
                  return each;
                })
            .runWith(Producer.routedSink(settings), session.system()));
    terminal().out().println("sent " + sent + (sent.get() == 1 ? " event" : " events"));
    return ExitCode.OK;
  }

  private Route route() {
    if (key != null) {
      return Route.partitionKey(key);
    }
    return partition == null ? Route.roundRobin() : Route.partitionId(partition);
  }

  private EventData event(byte[] body) {
    EventData event = new EventData(body);
    if (properties != null) {
      event.getProperties().putAll(properties);
    }
    return event;
  }

  private Source<byte[], NotUsed> bodies() {
    if (files == null) {
      // Standard input is not ours to close.
      return Source.unfoldResource(
          () -> new ByteLines("standard input", terminal().in()), ByteLines::next, lines -> {});
    }
    return whole
        ? Source.from(files).map(SendCommand::content)
        : Source.from(files)
            .flatMapConcat(
                file ->
                    Source.unfoldResource(
                        () -> new ByteLines("'" + file + "'", opened(file)),
                        ByteLines::next,
                        ByteLines::close));
  }

  private static InputStream opened(Path file) throws IOException {
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static byte[] content(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static IOException unreadable(Path file, IOException cause) {
    return new IOException("'" + file + "' cannot be read: " + cause.getMessage(), cause);
  }
}
