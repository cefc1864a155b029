// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.continuity.SyntheticReadStarts;
import io.github.pekkoeventhubs.ownership.PartitionSession;
import io.github.pekkoeventhubs.ownership.Placement;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import io.github.pekkoeventhubs.ownership.TestSessions;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;

/** A test in the place of a placement and of its owners: it assigns, feeds and revokes. */
final class FakePlacement implements Placement {

  private final CompletableFuture<StreamOfGroup> joined = new CompletableFuture<>();
  private final CompletableFuture<String> left = new CompletableFuture<>();
  private final CompletableFuture<Done> released = new CompletableFuture<>();

  @Override
  public @Nullable Long ownerLevel(ConsumerSettings settings) {
    return 0L;
  }

  @Override
  public void join(StreamOfGroup stream) {
    joined.complete(stream);
  }

  @Override
  public CompletionStage<Done> leave(StreamOfGroup stream, String reason) {
    left.complete(reason);
    return released;
  }

  StreamOfGroup stream() throws Exception {
    return joined.get(10, TimeUnit.SECONDS);
  }

  /** Why the stream has left. */
  String leavingReason() throws Exception {
    return left.get(10, TimeUnit.SECONDS);
  }

  /** Nothing is owned any more. */
  void release() {
    released.complete(Done.getInstance());
  }

  Assigned assign(String partitionId) throws Exception {
    return assign(partitionId, 1000);
  }

  Assigned assign(String partitionId, int maxUncommitted) throws Exception {
    return new Assigned(stream(), TestSessions.session(partitionId, true, maxUncommitted));
  }

  /** A partition in one epoch of a stream. */
  static final class Assigned {
    private final PartitionSession session;
    private final PartitionIntake intake;
    private final AtomicInteger abandonments = new AtomicInteger();
    private final CompletableFuture<Done> drained = new CompletableFuture<>();
    private long next;

    private Assigned(StreamOfGroup stream, PartitionSession session) {
      this.session = session;
      this.intake =
          (PartitionIntake)
              stream.begin(
                  session,
                  SyntheticReadStarts.at(EventPosition.earliest()),
                  abandonments::incrementAndGet);
    }

    /** Lets so many further events arrive. */
    Assigned receive(int events) {
      for (int i = 0; i < events; i++, next++) {
        intake.received(TestEvents.event(session.partition().partitionId(), next, 10), next);
      }
      return this;
    }

    /** As an owner begins to drain. */
    void revoke() {
      intake.finish();
      TestSessions.drain(session, () -> drained.complete(Done.getInstance()));
    }

    PartitionSession session() {
      return session;
    }

    PartitionIntake intake() {
      return intake;
    }

    int abandonments() {
      return abandonments.get();
    }

    /** Looks as an owner does, again and again. */
    boolean isDrained() {
      TestSessions.checkLateAcknowledgements(session, System.nanoTime());
      return drained.isDone();
    }
  }

  /** With which a client can be built, though nothing answers it. */
  static ConsumerSettings settings() {
    return ConsumerSettings.create(
            ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
        .withConnectionString(
            "Endpoint=sb://localhost/;SharedAccessKeyName=listen;SharedAccessKey=a2V5")
        .withEventHubName("orders")
        .withInitialPosition(EventPosition.earliest())
        .withPartitionStore(unusedStore());
  }

  private static PartitionStore unusedStore() {
    return (PartitionStore)
        Proxy.newProxyInstance(
            FakePlacement.class.getClassLoader(),
            new Class<?>[] {PartitionStore.class},
            (proxy, method, arguments) -> {
              if (method.isDefault()) {
                return InvocationHandler.invokeDefault(proxy, method, arguments);
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }
}
