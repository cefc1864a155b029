// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class StageFailureTest {

  private static final class WrapperWithoutCause extends CompletionException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void anExceptionOfOursIsASentenceAndOthersAreShownWithTheirClass() {
    assertThat(StageFailure.inWords(new InvalidSettingsException("this is wrong")))
        .isEqualTo("this is wrong");
    assertThat(StageFailure.inWords(new IllegalStateException("no")))
        .isEqualTo("IllegalStateException: no");
    assertThat(StageFailure.messageOf(new IllegalStateException("no"))).isEqualTo("no");
  }

  @Test
  void aFailureWithoutAMessageIsNamedByItsClass() {
    assertThat(StageFailure.inWords(new TimeoutException())).isEqualTo("TimeoutException");
    assertThat(StageFailure.messageOf(new TimeoutException())).isEqualTo("TimeoutException");
  }

  @Test
  void aCircleOfCausesIsLeftAsItIs() {
    Throwable outer = new WrapperWithoutCause();
    outer.initCause(new CompletionException("inner", outer));

    assertThat(StageFailure.causeOf(outer)).isSameAs(outer);
    assertThat(EventHubsException.mayHelpToRestart(outer)).isTrue();
  }

  @Test
  void noExceptionOfOursEndsWithTheMissingMessageOfItsCause() {
    assertThat(new UnansweredSendException("A batch", new TimeoutException()))
        .hasMessageContaining("(TimeoutException)");
    assertThatThrownBy(
            () ->
                ConsumerSettings.create(
                        ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
                    .withEventHubName("orders")
                    .built(
                        () -> {
                          throw new IllegalStateException();
                        }))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("cannot be built: IllegalStateException");
  }
}
