// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import io.github.pekkoeventhubs.emulator.Internal;
import io.github.pekkoeventhubs.page.EventHubsPage;
import io.github.pekkoeventhubs.page.LocalNames;
import io.github.pekkoeventhubs.page.PageAnswer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded Blob service: a server, and the handling of requests between the socket and the
 * containers. Users have {@link io.github.pekkoeventhubs.testkit.BlobEmulator}.
 */
@Internal
public final class BlobService implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BlobService.class);

  private static final String ADDRESS = "127.0.0.1";
  private static final LocalNames LOCAL_NAMES = new LocalNames(ADDRESS);

  private final StorageAccount account;
  private final Clock clock;
  private final @Nullable SharedKeySignature signature;
  private final Containers containers = new Containers();
  private final WriteLog log;
  private final BlobJournal journal;
  private final BlobOperations operations;
  private final BlobFaults faults = new BlobFaults();
  private final RequestCounts requests = new RequestCounts();
  private volatile @Nullable EventHubsPage page;
  private final HttpServer server;

  /**
   * Starts the service.
   *
   * @param port 0 for any that is free
   * @param writeLogCapacity how many writes the log keeps
   * @param directory where blobs are kept beyond the end; null keeps them in memory only
   * @throws java.io.UncheckedIOException if the port is taken or what was kept cannot be read;
   *     nothing stays open then
   */
  public BlobService(
      int port,
      StorageAccount account,
      boolean verifySharedKey,
      Clock clock,
      int writeLogCapacity,
      Set<String> initialContainers,
      @Nullable Path directory) {
    this.account = account;
    this.clock = clock;
    this.signature = verifySharedKey ? new SharedKeySignature(account) : null;
    this.log = new WriteLog(clock, writeLogCapacity);
    this.server = new HttpServer(port, new Requests());
    BlobJournal.Contents contents = BlobJournal.Contents.NOTHING;
    try {
      if (directory == null) {
        this.journal = BlobJournal.NONE;
      } else {
        Path file = directory.resolve("blobs.journal");
        contents = BlobJournal.read(file);
        this.journal = BlobJournal.begin(file, contents);
      }
    } catch (RuntimeException unreadable) {
      server.close();
      throw unreadable;
    }
    this.operations = new BlobOperations(containers, log, clock, journal);
    try {
      operations.restore(contents);
      Set<String> present = containers();
      initialContainers.stream()
          .filter(name -> !present.contains(name))
          .forEach(this::createContainer);
    } catch (RuntimeException wrongName) {
      close();
      throw wrongName;
    }
    server.start();
  }

  public int port() {
    return server.port();
  }

  /** The URL of the account. */
  public String endpoint() {
    return "http://" + ADDRESS + ":" + port() + "/" + account.name();
  }

  /** Shows a page to browsers. */
  public void publish(EventHubsPage shown) {
    page = shown;
  }

  public BlobFaults faults() {
    return faults;
  }

  public Map<BlobOperation, Long> requests() {
    return requests.all();
  }

  public long requests(BlobOperation operation) {
    return requests.of(operation);
  }

  public List<BlobWrite> writeAttempts() {
    return log.attempts();
  }

  public Set<String> containers() {
    TreeSet<String> names = new TreeSet<>();
    containers.withPrefix("").forEach(container -> names.add(container.name()));
    return names;
  }

  /** The blobs of a container in order of name; none where the container does not exist. */
  public List<BlobSnapshot> blobs(String container) {
    try {
      return containers.get(container).snapshot();
    } catch (StorageError absent) {
      return List.of();
    }
  }

  /** A blob, or null where it or its container does not exist. */
  public @Nullable BlobSnapshot blob(String container, String name) {
    try {
      StoredBlob blob = containers.get(container).find(name);
      return blob == null ? null : blob.properties();
    } catch (StorageError absent) {
      return null;
    }
  }

  /**
   * Creates a container without a client.
   *
   * @throws IllegalArgumentException if the name is not one of a container or is taken
   */
  public void createContainer(String name) {
    try {
      new BlobAddress(account.name(), name, "", new TreeMap<>()).requireValidNames();
      operations.createContainer(name, new TreeMap<>());
    } catch (StorageError refused) {
      throw new IllegalArgumentException(
          "The container '" + name + "' cannot be created: " + refused.text());
    }
  }

  /** Deletes a container without a client; does nothing if there is none of this name. */
  public void deleteContainer(String name) {
    try {
      operations.deleteContainer(name);
    } catch (StorageError absent) {
      LOG.debug("The container {} is not there to be deleted", name);
    }
  }

  @Override
  public void close() {
    faults.clear();
    server.close();
    journal.close();
  }

  /** The handler that the HTTP layer calls. */
  private final class Requests implements HttpHandler {

    @Override
    public @Nullable HttpResponse handle(HttpRequest request) throws InterruptedException {
      EventHubsPage shown = page;
      if (shown != null && shown.serves(request.method(), request.path())) {
        return complete(ofPage(answer(shown, request)), request.headers());
      }
      BlobAddress address;
      BlobOperation operation = BlobOperation.UNSUPPORTED;
      try {
        address = BlobAddress.parse(request);
        operation = BlobOperation.of(request.method(), address);
        authenticate(request, address);
        address.requireValidNames();
      } catch (StorageError refused) {
        return complete(BlobReplies.error(refused), request.headers());
      } finally {
        requests.count(operation);
      }
      BlobFault fault = faults.take(operation, address);
      BlobOperation known = operation;
      HttpResponse reply =
          fault == null
              ? perform(known, request, address)
              : fault.on(() -> perform(known, request, address));
      return reply == null ? null : complete(reply, request.headers());
    }

    /** The page shows events without a key, so that it asks for the name of this machine. */
    private PageAnswer answer(EventHubsPage shown, HttpRequest request) {
      return LOCAL_NAMES.include(request.headers().get("Host"))
          ? shown.answer(request.method(), request.path(), request.query())
          : LocalNames.refusal("http://" + ADDRESS + ":" + port() + "/");
    }

    private static HttpResponse ofPage(PageAnswer answer) {
      HttpResponse response = new HttpResponse(answer.status());
      answer.headers().forEach(response::header);
      return response.body(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public HttpResponse refuse(MalformedRequestException malformed) {
      StorageError error =
          new StorageError(
              malformed.status(), "InvalidInput", String.valueOf(malformed.getMessage()));
      return complete(BlobReplies.error(error), new HttpHeaders());
    }

    private void authenticate(HttpRequest request, BlobAddress address) {
      if (signature != null) {
        signature.verify(request, address);
      }
    }

    private HttpResponse perform(
        BlobOperation operation, HttpRequest request, BlobAddress address) {
      try {
        return operations.perform(operation, request, address, endpoint());
      } catch (StorageError refused) {
        return BlobReplies.error(refused);
      } catch (RuntimeException failed) {
        LOG.error("The embedded Blob service failed at {} {}", operation, address.blob(), failed);
        return BlobReplies.error(StorageError.internal());
      }
    }

    /** Adds what every reply of the service has. */
    private HttpResponse complete(HttpResponse reply, HttpHeaders requestHeaders) {
      if (reply.isOfStranger()) {
        return reply;
      }
      reply
          .header("Server", "pekko-eventhubs-testkit")
          .header("Date", HttpDate.format(clock.instant()))
          .header("x-ms-request-id", UUID.randomUUID().toString());
      echo(reply, requestHeaders, "x-ms-client-request-id");
      echo(reply, requestHeaders, "x-ms-version");
      return reply;
    }

    private void echo(HttpResponse reply, HttpHeaders requestHeaders, String name) {
      String value = requestHeaders.get(name);
      if (value != null) {
        reply.header(name, value);
      }
    }
  }
}
