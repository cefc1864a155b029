// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each failure says whether trying again can help. */
class EventHubsExceptionTest {

  private static EventHubsException busy() {
    return new ServiceUnavailableException("busy", null);
  }

  private static EventHubsException wrong() {
    return new InvalidSettingsException("wrong");
  }

  static Stream<EventHubsException> passing() {
    return Stream.of(
        busy(),
        new CheckpointWriteException("too late"),
        new CheckpointWriteException("too late", new PartitionStoreException("", null, true)),
        new ConcurrentCheckpointException("somebody else"),
        new PartitionOwnedException("owned"),
        new PartitionStoreException("throttled", null, true),
        new ProduceException("throttled", null, true),
        new ProducerFullException(2, 1),
        new ReceiveException("closed", null, true),
        new AnotherEventHubException("another log", null, true),
        new EventHubsException("the function has failed"),
        new EventHubsException("the function has failed", new IllegalStateException("database")),
        new EventHubsException("asking failed", busy()));
  }

  static Stream<EventHubsException> lasting() {
    return Stream.of(
        wrong(),
        new CheckpointUnreadableException("unreadable"),
        new CheckpointWriteException("refused", new PartitionStoreException("", null, false)),
        new EventHubNotFoundException("no hub"),
        new EventHubsAuthorizationException("refused"),
        new EventTooLargeException(2, 1),
        new PartitionNotFoundException("no partition"),
        new PartitionStoreException("no container", null, false),
        new ProduceException("refused"),
        new ReceiveException("refused"),
        new UnansweredSendException("Sending", null),
        new EventsMissedException("gone"),
        new UndecodableEventException("not decoded", null),
        new AnotherEventHubException("another log", null, false),
        new EventHubsException("asking failed", wrong()));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void aPassingFailureIsWorthARestart(EventHubsException failure) {
    assertThat(failure.isTransient()).isTrue();
    assertThat(EventHubsException.mayHelpToRestart(failure)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("lasting")
  void aLastingFailureIsNotWorthARestart(EventHubsException failure) {
    assertThat(failure.isTransient()).isFalse();
    assertThat(EventHubsException.mayHelpToRestart(failure)).isFalse();
  }

  @Test
  void wrappingsOfStagesAndFuturesChangeNothing() {
    assertThat(
            EventHubsException.mayHelpToRestart(
                new CompletionException(new ExecutionException(new CompletionException(wrong())))))
        .isFalse();
    assertThat(EventHubsException.mayHelpToRestart(new CompletionException(busy()))).isTrue();
    assertThat(EventHubsException.mayHelpToRestart(new CompletionException("bare", null))).isTrue();
  }

  @Test
  void aFailureOfTheApplicationIsWorthARestart() {
    assertThat(EventHubsException.mayHelpToRestart(new IllegalStateException("mine"))).isTrue();
  }

  @Test
  void everyKindDecidesForItself() {
    Set<JavaClass> kinds =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.github.pekkoeventhubs")
                .stream()
                .filter(type -> type.isAssignableTo(EventHubsException.class))
                .collect(Collectors.toSet());

    assertThat(kinds).hasSizeGreaterThanOrEqualTo(14);
    assertThat(kinds).allSatisfy(kind -> assertThat(kind.tryGetMethod("isTransient")).isPresent());
    assertThat(Stream.concat(passing(), lasting()).map(Object::getClass).map(Class::getName))
        .containsAll(kinds.stream().map(JavaClass::getName).toList());
  }
}
