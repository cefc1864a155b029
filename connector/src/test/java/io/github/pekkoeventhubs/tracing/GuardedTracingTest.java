// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.EventHubPartition;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Nothing that a tracing library throws goes further, and the log says it once for each kind. */
class GuardedTracingTest {

  private static final Logger LOG =
      (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.Tracing");

  private static final EventHubPartition PARTITION =
      new EventHubPartition("namespace", "orders", "billing", "0");

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final TracingFailures failures = new TracingFailures();
  private Throwable thrown = new IllegalStateException("the processor has failed");

  @BeforeEach
  void capture() {
    lines.setContext(LOG.getLoggerContext());
    lines.start();
    LOG.setAdditive(false);
    LOG.setLevel(Level.DEBUG);
    LOG.addAppender(lines);
  }

  @AfterEach
  void stop() {
    LOG.detachAppender(lines);
    LOG.setLevel(null);
    LOG.setAdditive(true);
  }

  /** All of its methods throw, those with a default as well. */
  private <T> T failing(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw thrown;
            }));
  }

  private static <T> List<Method> methods(Class<T> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .toList();
  }

  private static <T> void callEachMethod(Class<T> type, T guarded) throws Exception {
    for (Method method : methods(type)) {
      Object[] arguments =
          Arrays.stream(method.getParameterTypes())
              .map(parameter -> parameter == long.class ? 7L : null)
              .toArray();
      method.invoke(guarded, arguments);
    }
  }

  private void callEachMethod() throws Exception {
    callEachMethod(
        StreamTracing.class, new GuardedStreamTracing(failing(StreamTracing.class), failures));
    callEachMethod(
        PartitionTracing.class,
        new GuardedPartitionTracing(failing(PartitionTracing.class), failures));
    callEachMethod(
        ProducerTracing.class,
        new GuardedProducerTracing(failing(ProducerTracing.class), failures));
    callEachMethod(BatchTrace.class, new GuardedBatchTrace(failing(BatchTrace.class), failures));
  }

  private List<ILoggingEvent> lines(Level level) {
    return lines.list.stream().filter(line -> line.getLevel().equals(level)).toList();
  }

  @Test
  void noCallFailsAndEachKindIsOneWarning() throws Exception {
    int kinds =
        methods(StreamTracing.class).size()
            + methods(PartitionTracing.class).size()
            + methods(ProducerTracing.class).size()
            + methods(BatchTrace.class).size();

    callEachMethod();
    callEachMethod();

    assertThat(lines(Level.WARN)).hasSize(kinds);
    assertThat(lines(Level.DEBUG)).hasSize(kinds);
    assertThat(lines(Level.WARN))
        .extracting(ILoggingEvent::getFormattedMessage)
        .doesNotHaveDuplicates()
        .allMatch(
            line ->
                line.startsWith("tracing has failed when ")
                    && line.contains("the processor has failed")
                    && line.contains("The stream goes on without this span. Mend the span"));
    assertThat(lines(Level.WARN)).allMatch(line -> line.getThrowableProxy() != null);
  }

  @Test
  void anErrorThatEndsNoProcessGoesNoFurtherEither() throws Exception {
    thrown = new NoClassDefFoundError("a class of the exporter is missing");

    callEachMethod();

    assertThat(lines(Level.WARN)).isNotEmpty();
  }

  @Test
  void anErrorOfTheVirtualMachineGoesOn() {
    thrown = new OutOfMemoryError("no memory");
    PartitionTracing guarded =
        new GuardedPartitionTracing(failing(PartitionTracing.class), failures);

    assertThatThrownBy(guarded::ended).isSameAs(thrown);
    assertThat(lines.list).isEmpty();
  }

  /** Begins spans, and fails at their ends. */
  private static final class FailingEnds implements BatchTrace {

    private int ended;

    @Override
    public void added(EventData event) {}

    @Override
    public Consumer<@Nullable Throwable> sending() {
      return failure -> {
        ended++;
        throw new IllegalStateException("the span cannot end");
      };
    }
  }

  @Test
  void anEndThatFailsIsNotTheFailureOfWhatHasEnded() {
    FailingEnds failingEnds = new FailingEnds();
    BatchTrace guarded = new GuardedBatchTrace(failingEnds, failures);

    guarded.sending().accept(null);
    guarded.sending().accept(new IllegalStateException("refused"));

    assertThat(failingEnds.ended).isEqualTo(2);
    assertThat(lines(Level.WARN)).hasSize(1);
    assertThat(lines(Level.WARN).get(0).getFormattedMessage())
        .contains("when the service has answered a batch: ");
  }

  @Test
  void whatIsBoundToAnActorSystemIsGuardedAndCanBeTakenAway() {
    ActorTestKit testKit = ActorTestKit.create("GuardedTracing", ConfigFactory.load());
    try {
      BoundTracing bound = BoundTracing.of(testKit.system());
      StreamTracing tracing = failing(StreamTracing.class);
      bound.bind(tracing);

      assertThat(bound.partition(PARTITION, Acknowledgement.ORDERED))
          .isSameAs(PartitionTracing.NONE);
      assertThat(bound.producer("namespace", "orders")).contains(ProducerTracing.NONE);
      assertThat(BoundTracing.callersContext()).isNull();
      bound.unbind(tracing);
      assertThat(bound.isBound()).isFalse();
    } finally {
      testKit.shutdownTestKit();
    }
  }
}
