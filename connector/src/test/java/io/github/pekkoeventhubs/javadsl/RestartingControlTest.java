// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.RestartHold;
import io.github.pekkoeventhubs.SourceControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RestartingControlTest {

  /** A source that does what it is told when the test says so. */
  private static final class Incarnation implements Consumer.Control {
    final List<String> told = new ArrayList<>();
    final CompletableFuture<Done> ended = new CompletableFuture<>();
    @Nullable Hold hold;

    @Override
    public Optional<RestartHold> restartHold() {
      return Optional.ofNullable(hold);
    }

    @Override
    public CompletionStage<Done> stop() {
      told.add("stop");
      return ended;
    }

    @Override
    public CompletionStage<Done> shutdown() {
      told.add("shutdown");
      return ended;
    }

    @Override
    public <T> CompletionStage<T> drainAndShutdown(CompletionStage<T> streamCompletion) {
      told.add("drain");
      return streamCompletion;
    }

    @Override
    public CompletionStage<Done> isShutdown() {
      return ended;
    }

    @Override
    public void pause() {
      told.add("pause");
    }

    @Override
    public void resume() {
      told.add("resume");
    }

    @Override
    public ConsumerStatus status() {
      return new ConsumerStatus(Map.of());
    }

    void end() {
      ended.complete(Done.getInstance());
    }
  }

  /** Keeps partitions, as far as the test can tell. */
  private static final class Hold implements RestartHold {
    final CompletableFuture<Done> takenOver = new CompletableFuture<>();
    boolean kept;
    boolean ended;

    @Override
    public void keepAfterFailure() {
      kept = true;
    }

    @Override
    public void end() {
      ended = true;
    }

    @Override
    public CompletionStage<Done> whenTakenOver() {
      return takenOver;
    }
  }

  /** A control as an application may write it around ours, to count what is asked of it. */
  private static final class Wrapped extends ForwardingControl implements Consumer.Control {
    Wrapped(SourceControl control) {
      super(control);
    }
  }

  private final Consumer.RestartingControl restarting = Consumer.createRestartingControl();
  private final Incarnation first = new Incarnation();
  private final Incarnation second = new Incarnation();
  private final CompletableFuture<String> stream = new CompletableFuture<>();

  private static CompletableFuture<?> future(CompletionStage<?> stage) {
    return stage.toCompletableFuture();
  }

  @Test
  void asksTheIncarnationThatWasAttachedLast() {
    assertThat(restarting.attach(first)).isSameAs(first);
    first.end();
    restarting.attach(second);
    restarting.pause();
    restarting.resume();
    restarting.stop();

    assertThat(first.told).isEmpty();
    assertThat(second.told).containsExactly("pause", "resume", "stop");
  }

  @Test
  void namesTheIncarnationThatRuns() {
    Consumer.DrainingControl<String> draining = restarting.draining(stream);
    assertThat(draining.incarnation()).isSameAs(restarting);

    restarting.attach(first);
    assertThat(draining.incarnation()).isSameAs(first);
    restarting.attach(second);
    assertThat(draining.incarnation()).isSameAs(second);
  }

  @Test
  void isShutDownWhenTheLastIncarnationIs() {
    restarting.attach(first);
    first.end();
    assertThat(future(restarting.isShutdown())).isNotDone();
    restarting.attach(second);
    restarting.stop();
    assertThat(future(restarting.isShutdown())).isNotDone();
    second.end();

    assertThat(future(restarting.isShutdown())).isCompleted();
  }

  @Test
  void isShutDownWhenTheStreamHasEndedByItself() {
    Consumer.DrainingControl<String> draining = restarting.draining(stream);
    restarting.attach(first);
    first.end();
    assertThat(future(draining.isShutdown())).isNotDone();
    stream.complete("result");

    assertThat(future(draining.isShutdown())).isCompleted();
  }

  @Test
  void aStopBeforeTheFirstIncarnationHoldsForItToo() {
    assertThat(future(restarting.stop())).isCompleted();
    assertThat(future(restarting.shutdown())).isCompleted();
    assertThat(future(restarting.isShutdown())).isCompleted();
    restarting.attach(first);

    assertThat(first.told).containsExactly("stop");
  }

  @Test
  void aStopBetweenTwoIncarnationsHoldsForTheSecond() {
    restarting.attach(first);
    first.end();
    assertThat(future(restarting.shutdown())).isCompleted();
    assertThat(future(restarting.isShutdown())).isCompleted();
    restarting.attach(second);

    assertThat(second.told).containsExactly("stop");
  }

  @Test
  void aPauseHoldsForLaterIncarnationsUntilItIsResumed() {
    restarting.pause();
    restarting.attach(first);
    restarting.resume();
    restarting.attach(second);

    assertThat(first.told).containsExactly("pause", "resume");
    assertThat(second.told).isEmpty();
  }

  @Test
  void aDrainEndsWithTheResultAfterTheShutdownOfTheLastIncarnation() {
    restarting.attach(first);
    CompletionStage<String> drained = restarting.draining(stream).drainAndShutdown();
    restarting.attach(second);
    stream.complete("result");
    first.end();
    assertThat(future(drained)).isNotDone();
    second.end();

    assertThat(drained.toCompletableFuture()).isCompletedWithValue("result");
    assertThat(second.told).containsExactly("stop", "shutdown");
  }

  @Test
  void aDrainBeforeTheFirstIncarnationDrainsThatOne() {
    CompletionStage<String> drained = restarting.draining(stream).drainAndShutdown();
    assertThat(future(drained)).isNotDone();
    restarting.attach(first);
    assertThat(first.told).containsExactly("stop", "drain");
    stream.complete("result");
    first.end();

    assertThat(drained.toCompletableFuture()).isCompletedWithValue("result");
  }

  @Test
  void aDrainOfAStreamThatNeverBeganEndsAsTheStreamDoes() {
    CompletionStage<String> drained = restarting.draining(stream).drainAndShutdown();
    stream.completeExceptionally(new IllegalStateException("never began"));

    assertThatThrownBy(() -> future(drained).join()).hasRootCauseMessage("never began");
  }

  @Test
  void thereIsNothingToSeeBeforeTheFirstIncarnation() {
    assertThat(restarting.status().partitions()).isEmpty();
  }

  @Test
  void aDrainOfAStreamThatNeverBeginsNorEndsFailsAfterAWhileAndStopsWhatComesLater() {
    Consumer.RestartingControl neverBegun = new Consumer.RestartingControl(Duration.ofMillis(50));

    CompletionStage<String> drained =
        neverBegun.<String>drainAndShutdown(new CompletableFuture<>());

    assertThatThrownBy(() -> drained.toCompletableFuture().get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("no incarnation of the source was attached");
    Incarnation late = new Incarnation();
    neverBegun.attach(late);
    assertThat(late.told).containsExactly("stop");
  }

  private static Hold holdOf(Incarnation incarnation) {
    Hold hold = new Hold();
    incarnation.hold = hold;
    return hold;
  }

  @Test
  void aWrappedIncarnationKeepsItsPartitionsUntilTheNextHasTakenThemOver() {
    Hold firstHold = holdOf(first);
    Hold secondHold = holdOf(second);
    restarting.attach(new Wrapped(first));
    assertThat(firstHold.kept).isTrue();

    restarting.attach(new Wrapped(second));
    assertThat(firstHold.ended).isFalse();
    secondHold.takenOver.complete(Done.getInstance());

    assertThat(firstHold.ended).isTrue();
    assertThat(secondHold.kept).isTrue();
    assertThat(secondHold.ended).isFalse();
  }

  @Test
  void nothingIsKeptAfterTheStreamHasEnded() {
    Hold hold = holdOf(first);
    restarting.draining(stream);
    restarting.attach(first);

    stream.completeExceptionally(new IllegalStateException("for good"));

    assertThat(hold.ended).isTrue();
  }

  @Test
  void nothingIsKeptForAnIncarnationThatIsAttachedAfterAStop() {
    Hold hold = holdOf(first);
    restarting.attach(first);
    restarting.stop();
    restarting.attach(second);

    assertThat(hold.ended).isTrue();
  }

  @Test
  void aControlThatCannotKeepPartitionsIsNamedInOneWarning() {
    Logger logger = (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.Consumer");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      restarting.attach(first);
      restarting.attach(second);
    } finally {
      logger.detachAppender(log);
    }

    assertThat(log.list)
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.getLevel()).isEqualTo(Level.WARN);
              assertThat(line.getFormattedMessage())
                  .contains(Incarnation.class.getName(), "restart-hold", "restartHold()");
            });
  }
}
