// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import io.github.pekkoeventhubs.emulator.Internal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Orders faults for requests to come:
 *
 * <pre>{@code
 * BlobFault busy =
 *     blobs.faults().next(2).of(SET_METADATA).onBlobs(name -> name.contains("/checkpoint/"))
 *         .answer(503, "ServerBusy");
 * }</pre>
 *
 * <p>A request is hit by the first ordered fault that it matches and that is not exhausted, and by
 * no other. Requests that fail authentication are not hit. Safe for use by any thread.
 */
public final class BlobFaults {

  /** Shared by all that are made of one; guarded by itself. */
  private final List<BlobFault> ordered;

  /** The only container it concerns; null for all. */
  private final @Nullable String container;

  BlobFaults() {
    this(new ArrayList<>(), null);
  }

  private BlobFaults(List<BlobFault> ordered, @Nullable String container) {
    this.ordered = ordered;
    this.container = container;
  }

  /** Orders faults for requests that name this container. */
  public BlobFaults inContainer(String name) {
    return new BlobFaults(ordered, name);
  }

  /**
   * A fault for the next requests that match.
   *
   * @throws IllegalArgumentException if {@code times} is less than 1
   */
  public Rule next(int times) {
    if (times < 1) {
      throw new IllegalArgumentException("A fault must be for at least 1 request, not " + times);
    }
    return new Rule(this, times, EnumSet.allOf(BlobOperation.class), name -> true);
  }

  /** A fault for all requests that match, until it is cancelled. */
  public Rule always() {
    return next(Integer.MAX_VALUE);
  }

  /** Ends all faults that were created here and releases the requests they hold. */
  public void clear() {
    List<BlobFault> removed;
    synchronized (ordered) {
      removed =
          ordered.stream()
              .filter(fault -> container == null || container.equals(fault.container()))
              .toList();
      ordered.removeAll(removed);
    }
    removed.forEach(BlobFault::release);
  }

  /**
   * Remembers the faults that are not over.
   *
   * @return what ends all others, which were ordered later, in whatever container
   */
  @Internal
  public Runnable remember() {
    Set<BlobFault> before = unfinished();
    return () ->
        unfinished().stream().filter(fault -> !before.contains(fault)).forEach(BlobFault::cancel);
  }

  private Set<BlobFault> unfinished() {
    synchronized (ordered) {
      return Set.copyOf(ordered);
    }
  }

  /** How many faults have not hit all they are for, or still hold requests. */
  int pending() {
    synchronized (ordered) {
      return ordered.size();
    }
  }

  void remove(BlobFault fault) {
    synchronized (ordered) {
      ordered.remove(fault);
    }
  }

  /** The fault for this request, already counted as a hit; null where there is none. */
  @Nullable BlobFault take(BlobOperation operation, BlobAddress address) {
    synchronized (ordered) {
      for (BlobFault fault : ordered) {
        if (fault.take(operation, address)) {
          return fault;
        }
      }
      return null;
    }
  }

  /** The requests that a fault is for; the last method says what happens to them. Immutable. */
  public static final class Rule {

    private final BlobFaults faults;
    private final int times;
    private final Set<BlobOperation> operations;
    private final Predicate<String> blobs;

    private Rule(
        BlobFaults faults, int times, Set<BlobOperation> operations, Predicate<String> blobs) {
      this.faults = faults;
      this.times = times;
      this.operations = operations;
      this.blobs = blobs;
    }

    /** Only these operations; all, where this is not called. */
    public Rule of(BlobOperation first, BlobOperation... others) {
      return new Rule(faults, times, EnumSet.of(first, others), blobs);
    }

    /**
     * Only requests whose blob's name fulfils the predicate; the name is empty in requests for a
     * container and for lists.
     */
    public Rule onBlobs(Predicate<String> names) {
      return new Rule(faults, times, operations, names);
    }

    /**
     * Refuses the request without applying it: for example 412 {@code ConditionNotMet}, 409 {@code
     * BlobAlreadyExists}, 404 {@code BlobNotFound}, 503 {@code ServerBusy}, 500 {@code
     * InternalError}.
     *
     * @throws IllegalArgumentException if the status is not an error, 400 to 599
     */
    public BlobFault answer(int status, String errorCode) {
      requireError(status);
      StorageError error = new StorageError(status, errorCode, "A fault that was ordered.");
      return order((request, released) -> BlobReplies.error(error));
    }

    /**
     * The same with {@code Retry-After}, in whole seconds.
     *
     * @throws IllegalArgumentException if the status is not an error, 400 to 599, or the time is
     *     shorter than a second
     */
    public BlobFault answer(int status, String errorCode, Duration retryAfter) {
      requireError(status);
      if (retryAfter.toSeconds() < 1) {
        throw new IllegalArgumentException("Retry-After must be 1 s or more, not " + retryAfter);
      }
      StorageError error = new StorageError(status, errorCode, "A fault that was ordered.");
      String seconds = Long.toString(retryAfter.toSeconds());
      return order((request, released) -> BlobReplies.error(error).header("Retry-After", seconds));
    }

    /**
     * Answers without applying the request and without any header field of the service, the error
     * code among them, as a front door, a gateway or a mesh does.
     *
     * @throws IllegalArgumentException if the status is not one of a final answer, 200 to 599
     */
    public BlobFault answerWithoutHeaders(int status) {
      requireStatus(status);
      return order((request, released) -> BlobReplies.ofStranger(status));
    }

    /**
     * The same with a page of HTML, as a proxy shows it to people.
     *
     * @throws IllegalArgumentException if the status is not one of a final answer, 200 to 599
     */
    public BlobFault answerWithHtml(int status) {
      requireStatus(status);
      return order((request, released) -> BlobReplies.page(status));
    }

    private static void requireError(int status) {
      if (status < 400 || status > 599) {
        throw new IllegalArgumentException("The status must be from 400 to 599, not " + status);
      }
    }

    private static void requireStatus(int status) {
      if (status < 200 || status > 599) {
        throw new IllegalArgumentException("The status must be from 200 to 599, not " + status);
      }
    }

    /** Lets time pass, by the system's clock, before the request is applied. */
    public BlobFault delay(Duration delay) {
      requirePositive(delay);
      return order(
          (request, released) -> {
            released.await(delay.toNanos(), TimeUnit.NANOSECONDS);
            return request.get();
          });
    }

    /** Holds the request, not yet applied, until {@link BlobFault#release()}. */
    public BlobFault hold() {
      return order(
          (request, released) -> {
            released.await();
            return request.get();
          });
    }

    /** Applies the request at once and holds the reply until {@link BlobFault#release()}. */
    public BlobFault holdReply() {
      return order(
          (request, released) -> {
            HttpResponse reply = request.get();
            released.await();
            return reply;
          });
    }

    /** Applies the request at once and sends the reply in small pieces over this time. */
    public BlobFault slowReply(Duration duration) {
      requirePositive(duration);
      return order((request, released) -> request.get().sendOver(duration));
    }

    /** Applies the request and closes the connection without a reply. */
    public BlobFault dropReply() {
      return order(
          (request, released) -> {
            request.get();
            return null;
          });
    }

    /** Closes the connection without applying the request. */
    public BlobFault dropConnection() {
      return order((request, released) -> null);
    }

    /** Resets the connection (TCP RST) without applying the request. */
    public BlobFault resetConnection() {
      return order((request, released) -> HttpResponse.reset());
    }

    private BlobFault order(BlobFault.Effect effect) {
      BlobFault fault =
          new BlobFault(times, faults.container, this::matches, effect, faults::remove);
      synchronized (faults.ordered) {
        faults.ordered.add(fault);
      }
      return fault;
    }

    private static void requirePositive(Duration duration) {
      if (duration.isNegative() || duration.isZero()) {
        throw new IllegalArgumentException("The duration must be positive, not " + duration);
      }
    }

    private boolean matches(BlobOperation operation, BlobAddress address) {
      return operations.contains(operation)
          && blobs.test(address.blob())
          && (faults.container == null || faults.container.equals(address.container()));
    }
  }
}
