// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.fencing;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.samples.FencedWrites.OrderStates;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.h2.jdbcx.JdbcDataSource;

/**
 * A process whose work on an event is a write to a database of another process: once with the
 * helper of the sample, and once without. It says {@code working <number> <token>} when it begins
 * with an event, and {@code stored <number> <whether the helper has written>} when it is done. The
 * work goes on when it reads {@code go}. It ends with its standard input. Configured by {@code
 * writing-node.conf} and system properties; its argument is the address of the database.
 */
final class WritingNode {

  private static final PrintStream REPORTS = System.out;

  private final ActorSystem<Void> system =
      ActorSystem.create(Behaviors.empty(), "Writer", ConfigFactory.load("writing-node.conf"));
  private final Executor mayBlock = system.dispatchers().lookup(DispatcherSelector.blocking());
  private final CompletableFuture<Done> go = new CompletableFuture<>();
  private final OrderStates fenced;
  private final UnfencedStates unfenced;

  private WritingNode(String databaseUrl) throws SQLException {
    JdbcDataSource database = new JdbcDataSource();
    database.setUrl(databaseUrl);
    fenced = new OrderStates(database);
    unfenced = new UnfencedStates(database);
  }

  public static void main(String[] arguments) throws Exception {
    System.setOut(System.err);
    WritingNode node = new WritingNode(arguments[0]);
    node.run();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        node.go.complete(Done.getInstance());
      }
    } finally {
      Runtime.getRuntime().halt(1);
    }
  }

  private void run() {
    ConsumerSettings settings =
        ConsumerSettings.create(system).withPartitionStore(BlobPartitionStore.fromConfig(system));
    Consumer.committableSource(settings, Subscriptions.balanced())
        .mapAsync(1, this::work)
        .runWith(Committer.sink(CommitterSettings.create(system)), system);
  }

  private CompletionStage<CommittableOffset> work(CommittableEvent event) {
    say("working " + event.sequenceNumber() + " " + event.fencingToken());
    return go.thenApplyAsync(
        goes -> {
          write(event);
          return event.committableOffset();
        },
        mayBlock);
  }

  /** The event's body is an order and its state. */
  private void write(CommittableEvent event) {
    String[] order = event.event().getBodyAsString().split(" ", -1);
    try {
      boolean isStored = fenced.store(order[0], order[1], event.fencingToken());
      unfenced.store(order[0], order[1]);
      say("stored " + event.sequenceNumber() + " " + isStored);
    } catch (SQLException e) {
      throw new CompletionException(e);
    }
  }

  private static void say(String line) {
    synchronized (REPORTS) {
      REPORTS.println(line);
      REPORTS.flush();
    }
  }
}
