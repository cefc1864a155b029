// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.EventHubsExtension;
import io.github.pekkoeventhubs.testkit.TestEventHub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.management.javadsl.PekkoManagement;
import org.apache.pekko.stream.javadsl.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The health checks behind the HTTP routes of Pekko Management, which finds them by name. */
class HealthRoutesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final int OK = 200;
  private static final int NOT_OK = 500;

  /** The configuration of {@code docs/operations.md}, on a free port. */
  @RegisterExtension
  static final EventHubsExtension HUBS =
      EventHubsExtension.create()
          .withEventHub("orders", 1)
          // The streams of the HTTP server live as long as the actor system.
          .withoutLeakChecks()
          .withConfig(
              ConfigFactory.parseString(
                      """
                      pekko.management.http {
                        hostname = "127.0.0.1"
                        port = 0
                        bind-hostname = "127.0.0.1"
                        bind-port = 0
                      }
                      """)
                  .withFallback(OperationsPage.configuration("management")));

  private final HttpClient client = HttpClient.newHttpClient();
  private URI routes = URI.create("http://localhost");

  @BeforeEach
  void startManagement(ActorSystem<?> system) throws Exception {
    routes = URI.create(PekkoManagement.get(system).start().toCompletableFuture().get().toString());
  }

  @AfterEach
  void stopManagement(ActorSystem<?> system) {
    assertThat(PekkoManagement.get(system).stop().toCompletableFuture()).succeedsWithin(PATIENCE);
  }

  private int answer(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + routes.getPort() + "/" + path))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  private void awaitAnswer(String path, int expected) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(() -> assertThat(answer(path)).as(path).isEqualTo(expected));
  }

  private static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system,
      ConsumerSettings settings,
      TestEventHub orders,
      Flow<CommittableEvent, CommittableEvent, ?> work) {
    return Consumer.committableSource(settings, Subscriptions.partitions("0"))
        .via(work)
        .map(CommittableEvent::committableOffset)
        .toMat(Committer.sink(orders.committerSettings()), Consumer::createDrainingControl)
        .run(system);
  }

  @Test
  void aStreamIsReadyWhenItReadsAndUnreadyWhileItsStoreFails(
      TestEventHub orders, ActorSystem<?> system) throws Exception {
    assertThat(answer("ready")).as("without a stream").isEqualTo(OK);
    orders.blobFaults().always().answer(503, "ServerBusy");
    Consumer.DrainingControl<Done> control =
        run(system, orders.consumerSettings(), orders, Flow.create());
    awaitAnswer("ready", NOT_OK);
    assertThat(answer("alive")).as("it has not started yet").isEqualTo(OK);
    orders.blobFaults().clear();
    awaitAnswer("ready", OK);

    orders.blobFaults().always().answer(500, "InternalError");
    orders.send("0", "an event");
    awaitAnswer("ready", NOT_OK);
    assertThat(answer("alive")).as("an outage is none of this process").isEqualTo(OK);

    orders.blobFaults().clear();
    awaitAnswer("ready", OK);
    assertThat(control.drainAndShutdown().toCompletableFuture()).succeedsWithin(PATIENCE);
  }

  @Test
  void aPartitionThatStandsStillInTheStreamEndsTheLifeOfTheProcess(
      TestEventHub orders, ActorSystem<?> system) throws Exception {
    Consumer.DrainingControl<Done> control =
        run(
            system,
            orders.consumerSettings().withMaxUncommitted(5).withStallCheck(Duration.ofMillis(200)),
            orders,
            // Events that are dropped without skip() are never acknowledged.
            Flow.<CommittableEvent>create().filter(event -> false));
    awaitAnswer("ready", OK);
    assertThat(answer("alive")).isEqualTo(OK);

    orders.send("0", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    awaitAnswer("alive", NOT_OK);

    assertThat(control.shutdown().toCompletableFuture()).succeedsWithin(PATIENCE);
    awaitAnswer("alive", OK);
  }

  @Test
  void aStreamThatHasFailedIsNotReadyUntilAnotherFollows(TestEventHub orders, ActorSystem<?> system)
      throws Exception {
    Consumer.DrainingControl<Done> failing =
        run(
            system,
            orders.consumerSettings().withConsumerGroup("$Default"),
            orders,
            Flow.<CommittableEvent>create()
                .map(
                    event -> {
                      throw new IllegalStateException("broken");
                    }));
    orders.send("0", "an event");
    assertThat(failing.streamCompletion().toCompletableFuture()).failsWithin(PATIENCE);
    awaitAnswer("ready", NOT_OK);
    assertThat(answer("alive")).isEqualTo(OK);

    Consumer.DrainingControl<Done> next =
        run(system, orders.consumerSettings().withConsumerGroup("$Default"), orders, Flow.create());
    awaitAnswer("ready", OK);
    assertThat(next.drainAndShutdown().toCompletableFuture()).succeedsWithin(PATIENCE);
  }
}
