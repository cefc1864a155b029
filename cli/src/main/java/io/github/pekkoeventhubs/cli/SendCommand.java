// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.function.Procedure;
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
      "  eventhubs send pictures --whole picture.png",
      "",
      "After a failure it says how many events the service has confirmed, and where the",
      "last one stands. Send what follows again; some of it may be stored already."
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

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  /**
   * Where an event comes from.
   *
   * @param file null for standard input
   * @param line the line's number, from 1 on; empty for a file that is one event
   */
  private record Place(@Nullable Path file, OptionalLong line) {

    @Override
    public String toString() {
      String name = file == null ? "standard input" : "'" + file + "'";
      return line.isEmpty() ? name : "line " + line.getAsLong() + " of " + name;
    }
  }

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
    // Batches one after the other: those before one that fails are stored, and none after it.
    ProducerSettings settings =
        session.target(Objects.requireNonNull(hub), null).settings().withParallelism(1);
    SentEvents<Place> sent = new SentEvents<>();
    try (InputThread input = new InputThread()) {
      Session.await(events(input).runWith(sent.sink(settings), session.system()));
    } catch (CompletionException failure) {
      printJson(sent, session.clean(Failures.message(failure)));
      session.warn(
          sent.line()
              + " before the failure"
              + sent.last().map(place -> ", up to " + place).orElse("")
              + "; send what follows again, of which some may be stored already");
      throw failure;
    }
    if (!json) {
      terminal().out().println(sent.line());
    }
    printJson(sent, null);
    return ExitCode.OK;
  }

  private void printJson(SentEvents<Place> sent, @Nullable String failure) {
    if (json) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("eventHub", hub);
      object.put("sent", sent.count());
      object.put("lastFile", sent.last().map(Place::file));
      object.put("lastLine", sent.last().map(Place::line).orElse(OptionalLong.empty()));
      object.put("failure", failure);
      terminal().out().println(JsonOutput.line(object));
    }
  }

  private Route route() {
    if (key != null) {
      return Route.partitionKey(key);
    }
    return partition == null ? Route.roundRobin() : Route.partitionId(partition);
  }

  private Envelope<Place> event(byte[] body, Place place) {
    EventData event = new EventData(body);
    if (properties != null) {
      event.getProperties().putAll(properties);
    }
    return ProducerMessage.single(event, route(), place);
  }

  private Source<Envelope<Place>, NotUsed> events(InputThread input) {
    if (files == null) {
      // Standard input is not ours to close.
      return lines(
          input, () -> new ByteLines("standard input", terminal().in()), null, lines -> {});
    }
    return whole
        ? Source.from(files)
            .mapAsync(
                1,
                file ->
                    input.read(() -> event(content(file), new Place(file, OptionalLong.empty()))))
        : Source.from(files)
            .flatMapConcat(
                file ->
                    lines(
                        input,
                        () -> new ByteLines("'" + file + "'", opened(file)),
                        file,
                        ByteLines::close));
  }

  private Source<Envelope<Place>, NotUsed> lines(
      InputThread input,
      Callable<ByteLines> opening,
      @Nullable Path file,
      Procedure<ByteLines> closing) {
    return Source.unfoldResourceAsync(
            () -> input.read(opening),
            lines -> input.read(() -> events(lines, file)),
            lines -> {
              closing.apply(lines);
              return CompletableFuture.completedFuture(Done.getInstance());
            })
        .mapConcat(events -> events);
  }

  /** The events of the next lines; empty at the end. */
  private Optional<List<Envelope<Place>>> events(ByteLines lines, @Nullable Path file)
      throws IOException {
    long number = lines.count();
    List<Envelope<Place>> events = new ArrayList<>();
    for (byte[] bytes : lines.next()) {
      number++;
      events.add(event(bytes, new Place(file, OptionalLong.of(number))));
    }
    return events.isEmpty() ? Optional.empty() : Optional.of(events);
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
