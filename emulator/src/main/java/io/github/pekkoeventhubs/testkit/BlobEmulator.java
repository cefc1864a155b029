// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.emulator.Internal;
import io.github.pekkoeventhubs.emulator.blob.BlobFaults;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.emulator.blob.BlobService;
import io.github.pekkoeventhubs.emulator.blob.BlobSnapshot;
import io.github.pekkoeventhubs.emulator.blob.BlobWrite;
import io.github.pekkoeventhubs.emulator.blob.StorageAccount;
import io.github.pekkoeventhubs.page.EventHubsPage;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Azure Blob Storage in this process, on a loopback port, with the operations that checkpoint
 * stores need, for the unmodified official clients of any language.
 *
 * <pre>{@code
 * try (BlobEmulator blobs = BlobEmulator.start()) {
 *   BlobServiceClient client =
 *       new BlobServiceClientBuilder().connectionString(blobs.connectionString()).buildClient();
 * }
 * }</pre>
 *
 * <p>It knows containers (create, read, delete, list) and block blobs (put, set metadata, get
 * properties, get, delete, list with prefix, delimiter, metadata and pages) with conditional
 * headers, ETags and error codes as the real service has them; everything else is answered with
 * 501. Requests must be signed with the account's key. Each request is atomic. State is in memory
 * and gone after {@link #close()}.
 *
 * <p>Beyond the real service it has {@linkplain #faults() faults by command}, a {@linkplain
 * #writes() log of writes}, {@linkplain #requests() request counts} and a {@linkplain
 * Builder#clock(Clock) clock} that a test can move.
 *
 * <p>Safe for use by any thread.
 */
public final class BlobEmulator implements AutoCloseable {

  private final StorageAccount account;
  private final BlobService service;
  private final JumpingClock clock;
  private final DirectoryLock lock;

  private BlobEmulator(Builder builder) {
    account = builder.account;
    clock = new JumpingClock(builder.clock);
    lock = DirectoryLock.take(builder.directory, "blobs");
    try {
      service =
          new BlobService(
              builder.port,
              builder.account,
              builder.verifySharedKey,
              clock,
              builder.writeLogCapacity,
              builder.containers,
              builder.directory);
    } catch (RuntimeException failed) {
      lock.close();
      throw failed;
    }
  }

  /** Starts one with all defaults: a free port, the development account, no containers. */
  public static BlobEmulator start() {
    return builder().start();
  }

  /** Settings for one that differs from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the connection string for clients; it contains the account's key.
   *
   * <p>Unless another account was set, the key is the public one of development storage.
   */
  public String connectionString() {
    return "DefaultEndpointsProtocol=http;AccountName="
        + account.name()
        + ";AccountKey="
        + account.key()
        + ";BlobEndpoint="
        + endpoint()
        + ";";
  }

  /** The URL of the account, {@code http://127.0.0.1:port/account}. */
  public String endpoint() {
    return service.endpoint();
  }

  /** The port it listens on. */
  public int port() {
    return service.port();
  }

  /** Shows a page to browsers. */
  @Internal
  public void publish(EventHubsPage page) {
    service.publish(page);
  }

  /** Orders faults for requests to come. */
  public BlobFaults faults() {
    return service.faults();
  }

  /**
   * Sets the emulator's clock this much forward, or back with a negative duration, until the handle
   * is cancelled. Hits are 1 from the beginning: the hit is the jump of the clock, and reads of the
   * clock are not counted.
   */
  public FaultHandle jumpClock(Duration by) {
    return clock.jump(by);
  }

  /**
   * Remembers the faults that are not over, and the jumps of the clock.
   *
   * @return what ends all others, which were asked for later
   */
  @Internal
  public Runnable rememberFaults() {
    Runnable endFaults = faults().remember();
    Runnable jumpBack = clock.remember();
    return () -> {
      jumpBack.run();
      endFaults.run();
    };
  }

  /**
   * The writes to blobs that were applied, in the order in which they took effect, whether or not
   * their replies reached a client. A copy; the oldest are missing when there were more than {@link
   * Builder#writeLogCapacity(int)}.
   */
  public List<BlobWrite> writes() {
    return service.writeAttempts().stream().filter(BlobWrite::applied).toList();
  }

  /**
   * The same with those that the service refused because of a condition or a missing blob. Requests
   * that ended earlier, for a fault or a wrong key, are not among them.
   */
  public List<BlobWrite> writeAttempts() {
    return service.writeAttempts();
  }

  /**
   * How many requests of each kind have arrived, refused ones too; kinds without any are absent.
   */
  public Map<BlobOperation, Long> requests() {
    return service.requests();
  }

  /** How many requests of this kind have arrived, refused ones too. */
  public long requests(BlobOperation operation) {
    return service.requests(operation);
  }

  /** The names of the containers, in order. A copy. */
  public Set<String> containers() {
    return service.containers();
  }

  /** The blobs of a container, in order of name; none where it does not exist. A copy. */
  public List<BlobSnapshot> blobs(String container) {
    return service.blobs(container);
  }

  /** A blob as it is now; empty where it or its container does not exist. */
  public Optional<BlobSnapshot> blob(String container, String name) {
    return Optional.ofNullable(service.blob(container, name));
  }

  /**
   * Creates a container without a client.
   *
   * @throws IllegalArgumentException if the name is not one of a container or is taken
   */
  public void createContainer(String name) {
    service.createContainer(name);
  }

  /** Deletes a container with its blobs; does nothing if there is none of this name. */
  public void deleteContainer(String name) {
    service.deleteContainer(name);
  }

  /**
   * Closes the port and all connections, releases held requests and waits, at most seconds, for its
   * threads to end. No effect the second time.
   */
  @Override
  public void close() {
    service.close();
    lock.close();
  }

  /** Settings of an emulator to start. Not for use by several threads. */
  public static final class Builder {

    private int port;
    private StorageAccount account = StorageAccount.DEVELOPMENT;
    private Clock clock = Clock.systemUTC();
    private boolean verifySharedKey = true;
    private int writeLogCapacity = 100_000;
    private final Set<String> containers = new LinkedHashSet<>();
    private @Nullable Path directory;

    private Builder() {}

    /**
     * The port on the loopback interface; 0, the default, for any that is free.
     *
     * @throws IllegalArgumentException if it is not from 0 to 65535
     */
    public Builder port(int port) {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("The blob port must be from 0 to 65535, not " + port);
      }
      this.port = port;
      return this;
    }

    /**
     * The account to play; by default {@code devstoreaccount1}, that of development storage, with
     * its public key.
     *
     * @param key Base64
     * @throws IllegalArgumentException if the name or the key cannot be one
     */
    public Builder account(String name, String key) {
      this.account = new StorageAccount(name, key);
      return this;
    }

    /**
     * The clock behind {@code Date}, {@code Last-Modified} (whole seconds) and the log of writes;
     * by default the system's. Delays of {@linkplain BlobEmulator#faults() faults} go by the
     * system's.
     */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /** Whether requests must be signed with the account's key; by default they must. */
    public Builder verifySharedKey(boolean verify) {
      this.verifySharedKey = verify;
      return this;
    }

    /** A container that exists from the start; may be called several times. */
    public Builder container(String name) {
      containers.add(name);
      return this;
    }

    /**
     * How many of the latest writes to keep in the log; 100,000 by default, 0 for none.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder writeLogCapacity(int capacity) {
      if (capacity < 0) {
        throw new IllegalArgumentException("The log's capacity must not be negative: " + capacity);
      }
      this.writeLogCapacity = capacity;
      return this;
    }

    /**
     * Keeps containers and blobs in a file in this directory as well, and begins with those that
     * are there. A crash of the machine may lose the last changes. One emulator may use the
     * directory at a time, and one of events beside it. By default everything is gone at the end.
     */
    public Builder persist(Path newDirectory) {
      directory = newDirectory;
      return this;
    }

    /**
     * Starts the service; it is ready when this returns.
     *
     * @throws java.io.UncheckedIOException if the port or the directory is taken, or what was kept
     *     cannot be read
     * @throws IllegalArgumentException if a container's name cannot be one
     */
    public BlobEmulator start() {
      return new BlobEmulator(this);
    }
  }
}
