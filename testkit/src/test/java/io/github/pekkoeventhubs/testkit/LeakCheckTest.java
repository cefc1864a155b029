// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.azure.messaging.eventhubs.EventHubConsumerClient;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.junit.platform.launcher.listeners.TestExecutionSummary.Failure;

/** Runs tests that leave something behind, in a run of JUnit of their own. */
class LeakCheckTest {

  private static final List<AutoCloseable> LEFT = new ArrayList<>();

  @Test
  void failsATestThatLeavesAStreamBehind() {
    assertThat(failure(LeavesAStream.class)).contains("streams that have not stopped");
  }

  @Test
  void failsATestThatLeavesAConnectionBehind() throws Exception {
    assertThat(failure(LeavesAConnection.class))
        .contains("connections that are not closed")
        .contains("orders-1");
    closeWhatIsLeft();
  }

  @Test
  void failsATestThatLeavesAThreadBehind() throws Exception {
    assertThat(failure(LeavesAThread.class)).contains("threads that run on").contains("left-alone");
    closeWhatIsLeft();
  }

  @Test
  void failsATestThatLeavesAConnectionBehindThatSaysNothing() throws Exception {
    assertThat(failure(LeavesASocket.class)).contains("connections that are not closed");
    closeWhatIsLeft();
  }

  @Test
  void failsATestThatLeavesAnEmulatorBehind() throws Exception {
    assertThat(failure(LeavesAnEmulator.class))
        .contains("threads that run on")
        .contains("embedded-event-hubs-");
    closeWhatIsLeft();
    assertThat(failure(LeavesABlobEmulator.class))
        .contains("threads that run on")
        .contains("blob-emulator-");
    closeWhatIsLeft();
  }

  @Test
  void tellsATestThatHasFailedOnlyOfItsFailure() throws Exception {
    assertThat(failure(LeavesAThreadAndFails.class)).isEqualTo("its own failure");
    closeWhatIsLeft();
  }

  @Test
  void findsNothingWhenToldNotToLook() throws Exception {
    assertThat(run(LeavesAThreadAsAllowed.class).getTestsSucceededCount()).isEqualTo(2);
    closeWhatIsLeft();
  }

  @Test
  void leavesThreadsAloneThatAreSaidToBeShared() throws Exception {
    assertThat(run(LeavesASharedThread.class).getTestsSucceededCount()).isEqualTo(1);
    closeWhatIsLeft();
  }

  @Test
  void keepsOneActorSystemForAllTestsWhenToldTo() {
    assertThat(run(SharesItsActorSystem.class).getFailures())
        .extracting(Failure::getException)
        .isEmpty();

    assertThat(SharesItsActorSystem.SEEN)
        .singleElement()
        .satisfies(
            system ->
                assertThat(system.getWhenTerminated().toCompletableFuture())
                    .succeedsWithin(Duration.ofSeconds(10)));
  }

  @Test
  void startsServicesForEachTestInAFieldThatIsNotStaticAndClosesThem() {
    assertThat(run(HasServicesOfItsOwn.class).getTestsSucceededCount()).isEqualTo(2);

    assertThat(HasServicesOfItsOwn.SEEN)
        .hasSize(2)
        .allSatisfy(
            emulator -> assertThatIllegalStateException().isThrownBy(emulator::connectionCount));
  }

  @Test
  void goesOnLookingAfterATestThatHadNoActorSystem() throws Exception {
    assertThat(failure(HasNoActorSystem.class)).contains("no-such-provider");

    assertThat(failure(LeavesAThread.class)).contains("threads that run on");
    closeWhatIsLeft();
  }

  @Test
  void goesOnLookingAfterATestThatCouldNotBeTakenAway() throws Exception {
    assertThat(failure(DeletesItsEventHub.class)).contains("could not be taken away");

    assertThat(failure(LeavesAThread.class)).contains("threads that run on");
    closeWhatIsLeft();
  }

  @Test
  void runsTestsInParallel() {
    TestExecutionSummary summary = run(RunsInParallel.class);

    assertThat(summary.getFailures()).extracting(Failure::getException).isEmpty();
    assertThat(summary.getTestsSucceededCount()).isEqualTo(2);
  }

  private static void closeWhatIsLeft() throws Exception {
    for (AutoCloseable left : LEFT) {
      left.close();
    }
    LEFT.clear();
  }

  private static String failure(Class<?> testClass) {
    return Optional.ofNullable(run(testClass).getFailures().get(0).getException().getMessage())
        .orElse("");
  }

  private static TestExecutionSummary run(Class<?> testClass) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(testClass))
            .configurationParameter(
                "junit.jupiter.execution.parallel.enabled",
                Boolean.toString(testClass == RunsInParallel.class))
            .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
            .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
            .configurationParameter(
                "junit.jupiter.execution.parallel.config.fixed.parallelism", "2")
            .filters(org.junit.platform.launcher.EngineFilter.includeEngines("junit-jupiter"))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    return listener.getSummary();
  }

  private static Thread startThread() {
    CountDownLatch end = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              try {
                end.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "left-alone");
    thread.setDaemon(true);
    thread.start();
    LEFT.add(end::countDown);
    return thread;
  }

  static class LeavesAStream {
    @RegisterExtension
    final EventHubsExtension hubs =
        EventHubsExtension.create()
            .withConfig(
                ConfigFactory.parseString(
                    "pekko.stream.testkit.all-stages-stopped-timeout = 300ms"));

    @Test
    void leavesAStream(ActorSystem<?> system) {
      Source.maybe().run(system);
    }
  }

  static class LeavesAConnection {
    @RegisterExtension
    static final EventHubsExtension HUBS = EventHubsExtension.create().withEventHub("orders", 1);

    @Test
    void leavesAConnection(TestEventHub orders) {
      EventHubConsumerClient client = orders.clientBuilder().buildConsumerClient();
      LEFT.add(client);
      assertThat(client.getPartitionIds()).hasSize(1);
    }
  }

  static class LeavesASocket {
    @RegisterExtension
    static final EventHubsExtension HUBS = EventHubsExtension.create().withEventHub("orders", 1);

    @Test
    void leavesASocket(EventHubsEmulator emulator) throws IOException {
      LEFT.add(new Socket(InetAddress.getLoopbackAddress(), emulator.port()));
      await().until(() -> emulator.connectionCount() == 1);
    }
  }

  static class LeavesAnEmulator {
    @RegisterExtension final EventHubsExtension hubs = EventHubsExtension.create();

    @Test
    void leavesIt() {
      LEFT.add(EventHubsEmulator.builder().start());
    }
  }

  static class LeavesABlobEmulator {
    @RegisterExtension final EventHubsExtension hubs = EventHubsExtension.create();

    @Test
    void leavesIt() {
      LEFT.add(BlobEmulator.start());
    }
  }

  static class LeavesAThread {
    @RegisterExtension final EventHubsExtension hubs = EventHubsExtension.create();

    @Test
    void leavesAThread() {
      startThread();
    }
  }

  static class LeavesAThreadAndFails {
    @RegisterExtension final EventHubsExtension hubs = EventHubsExtension.create();

    @Test
    void fails() {
      startThread();
      throw new AssertionError("its own failure");
    }
  }

  static class LeavesASharedThread {
    @RegisterExtension
    final EventHubsExtension hubs = EventHubsExtension.create().withSharedThreads("left-");

    @Test
    void leavesAThread() {
      startThread();
    }
  }

  static class SharesItsActorSystem {
    private static final Set<ActorSystem<?>> SEEN = ConcurrentHashMap.newKeySet();

    @RegisterExtension
    static final EventHubsExtension HUBS = EventHubsExtension.create().withSharedActorSystem();

    @RepeatedTest(2)
    void seesIt(ActorSystem<?> system) {
      assertThat(system.getWhenTerminated().toCompletableFuture()).isNotDone();
      SEEN.add(system);
    }
  }

  static class HasServicesOfItsOwn {
    private static final Set<EventHubsEmulator> SEEN = ConcurrentHashMap.newKeySet();

    @RegisterExtension
    final EventHubsExtension hubs = EventHubsExtension.create().withEventHub("orders", 1);

    @RepeatedTest(2)
    void seesThem(EventHubsEmulator emulator, TestEventHub orders) {
      assertThat(orders.send("0", "first")).isZero();
      SEEN.add(emulator);
    }
  }

  static class HasNoActorSystem {
    @RegisterExtension
    final EventHubsExtension hubs =
        EventHubsExtension.create()
            .withConfig(ConfigFactory.parseString("pekko.actor.provider = no-such-provider"));

    @Test
    void neverRuns() {}
  }

  static class DeletesItsEventHub {
    @RegisterExtension
    static final EventHubsExtension HUBS = EventHubsExtension.create().withEventHub("orders", 1);

    @Test
    void deletesIt(TestEventHub orders) {
      orders.eventHubs().deleteEventHub(orders.name());
    }
  }

  static class LeavesAThreadAsAllowed {
    @RegisterExtension
    final EventHubsExtension tolerant = EventHubsExtension.create().withoutLeakChecks();

    @Test
    void leavesAThread() {
      startThread();
    }

    @Test
    void leavesAnother() {
      startThread();
    }
  }

  /** Each waits for the other, so that they are known to overlap. */
  static class RunsInParallel {
    @RegisterExtension
    static final EventHubsExtension HUBS = EventHubsExtension.create().withEventHub("orders", 1);

    private static final CountDownLatch BOTH = new CountDownLatch(2);

    @Test
    void one(TestEventHub orders, ActorSystem<?> system) throws InterruptedException {
      meet(orders);
    }

    @Test
    void other(TestEventHub orders, ActorSystem<?> system) throws InterruptedException {
      meet(orders);
    }

    private static void meet(TestEventHub orders) throws InterruptedException {
      assertThat(orders.send("0", "only")).isZero();
      startThread();
      BOTH.countDown();
      assertThat(BOTH.await(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    }
  }
}
