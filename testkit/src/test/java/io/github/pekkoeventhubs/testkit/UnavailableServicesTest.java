// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.pekkoeventhubs.testkit.services.EventHubsServices;
import io.github.pekkoeventhubs.testkit.services.ServicesChoice;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Classes that share an extension, of which the first cannot begin, in a run of JUnit of its own.
 */
class UnavailableServicesTest {

  private static final AtomicBoolean UNAVAILABLE = new AtomicBoolean();
  private static final AtomicInteger STARTED = new AtomicInteger();

  @Test
  void aClassWithoutServicesDoesNotKeepTheNextFromStartingThem() {
    UNAVAILABLE.set(true);
    STARTED.set(0);

    assertThat(run(HasNoServices.class).getFailures())
        .extracting(failure -> failure.getException().getMessage())
        .containsExactly("no services today");
    assertThat(run(HasServices.class).getTestsSucceededCount()).isEqualTo(1);
    assertThat(run(HasServicesAsWell.class).getTestsSucceededCount()).isEqualTo(1);
    assertThat(STARTED).as("each class has had its own").hasValue(2);
  }

  @Test
  void aClassThatAnotherExtensionKeepsFromBeginningDoesNotCount() {
    assertThat(run(FailsBeforeTheServices.class).getFailures())
        .extracting(failure -> failure.getException().getMessage())
        .containsExactly("another extension");
    assertThat(run(HasServices.class).getTestsSucceededCount()).isEqualTo(1);
  }

  private static TestExecutionSummary run(Class<?> testClass) {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(testClass))
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
                .filters(EngineFilter.includeEngines("junit-jupiter"))
                .build(),
            listener);
    return listener.getSummary();
  }

  private static EventHubsServices services() {
    if (UNAVAILABLE.getAndSet(false)) {
      throw new IllegalStateException("no services today");
    }
    STARTED.incrementAndGet();
    return ServicesChoice.start(
        EventHubsExtension.SERVICES_PROPERTY, "embedded", List.of(), Clock.systemUTC(), Map.of());
  }

  /** The base class of a project's tests. */
  abstract static class OnSharedServices {
    @RegisterExtension
    static final EventHubsExtension HUBS =
        EventHubsExtension.create()
            .withServices(UnavailableServicesTest::services)
            .withEventHub("orders", 1);

    @BeforeAll
    static void servicesRun() {
      assertThat(HUBS.eventHubs().port()).isPositive();
    }

    @Test
    void hasAnEventHub(TestEventHub orders) {
      assertThat(orders.name()).startsWith("orders");
    }
  }

  static class HasNoServices extends OnSharedServices {}

  static class HasServices extends OnSharedServices {}

  static class HasServicesAsWell extends OnSharedServices {}

  static class Failing implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
      throw new IllegalStateException("another extension");
    }
  }

  @ExtendWith(Failing.class)
  static class FailsBeforeTheServices extends OnSharedServices {}
}
