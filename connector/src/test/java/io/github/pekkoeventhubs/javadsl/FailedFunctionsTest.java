// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionContext;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ControllableEpoch;
import io.github.pekkoeventhubs.EventHubsException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The failure of a user's function is the user's, and a fault of the operator is ours. */
class FailedFunctionsTest {

  private static final ActorSystem SYSTEM = ActorSystem.create("FailedFunctionsTest");
  private static final String OF_THE_USER = "of the user";

  @AfterAll
  static void shutDown() {
    TestKit.shutdownActorSystem(SYSTEM);
  }

  private static CommittableEvent event(ControllableEpoch epoch) {
    PartitionContext context = new PartitionContext("ns", "orders", "$Default", "0");
    return new CommittableEvent(
        new PartitionEvent(context, new EventData("body"), null), epoch.offset(1));
  }

  private static Throwable failureOf(Flow<CommittableEvent, ?, ?> flow, ControllableEpoch epoch) {
    CompletionStage<?> done = Source.single(event(epoch)).via(flow).runWith(Sink.ignore(), SYSTEM);
    return Objects.requireNonNull(
        assertThat(done.toCompletableFuture())
            .failsWithin(Duration.ofSeconds(10))
            .withThrowableOfType(ExecutionException.class)
            .actual()
            .getCause());
  }

  private static IllegalStateException ofTheUser() {
    return new IllegalStateException(OF_THE_USER);
  }

  static Stream<Named<Flow<CommittableEvent, ?, ?>>> operatorsWhoseFunctionThrows() {
    return Stream.of(
        Named.of(
            "filter",
            Committer.filter(
                event -> {
                  throw ofTheUser();
                })),
        Named.of(
            "collect",
            Committer.<Object>collect(
                event -> {
                  throw ofTheUser();
                })),
        Named.of(
            "mapConcat",
            Committer.<Object>mapConcat(
                event -> {
                  throw ofTheUser();
                })));
  }

  @ParameterizedTest
  @MethodSource("operatorsWhoseFunctionThrows")
  void theStreamFailsWithTheUsersException(Flow<CommittableEvent, ?, ?> operator) {
    assertThat(failureOf(operator, ControllableEpoch.ofPartition("0")))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage(OF_THE_USER);
  }

  @Test
  void aFaultOfTheOperatorIsNamedAsOneOfOurs() {
    IllegalStateException bug = new IllegalStateException("in the operator");
    ControllableEpoch epoch = new ControllableEpoch("0", 1, Acknowledgement.UNORDERED);
    epoch.onAcknowledgement(
        () -> {
          throw bug;
        });

    for (Flow<CommittableEvent, ?, ?> operator :
        List.<Flow<CommittableEvent, ?, ?>>of(
            Committer.filter(event -> false), Committer.mapConcat(event -> List.of()))) {
      assertThat(failureOf(operator, epoch))
          .isInstanceOf(EventHubsException.class)
          .hasMessageContaining("the committer")
          .hasMessageContaining("please report it")
          .hasCause(bug);
    }
  }
}
