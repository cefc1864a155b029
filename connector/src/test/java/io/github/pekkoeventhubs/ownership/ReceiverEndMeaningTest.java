// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.ownership.PartitionRun.Fault;
import io.github.pekkoeventhubs.ownership.PartitionRun.ReceiverEnd;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A link loses its access with its token, which the next link brings anew, or with its rights. */
class ReceiverEndMeaningTest {

  private final AtomicLong nanos = new AtomicLong();
  private final ReceiverEndMeaning meaning =
      new ReceiverEndMeaning(
          OwnerLog.of(TestSessions.session("0", true, 100)), null, null, null, nanos::get);

  private static ReceiverEnd refused(boolean hadReceived) {
    return new ReceiverEnd(
        new EventHubsAuthorizationException("no Listen claim", null),
        false,
        hadReceived,
        false,
        Fault.ACCESS_REFUSED);
  }

  private ReceiverEnd told(ReceiverEnd end) {
    return ((LifeInput.ReceiverEnded) meaning.of(1, 2, end, null)).end();
  }

  @Test
  void anAttachThatIsRefusedIsFinal() {
    meaning.attaching();
    nanos.addAndGet(Duration.ofSeconds(59).toNanos());

    ReceiverEnd end = refused(false);
    assertThat(told(end)).isSameAs(end);
  }

  @Test
  void aLinkThatHasDeliveredIsFollowedByAnother() {
    meaning.attaching();

    ReceiverEnd told = told(refused(true));

    assertThat(told.mayPass()).isTrue();
    assertThat(told.cause())
        .isInstanceOf(ServiceUnavailableException.class)
        .hasCauseInstanceOf(EventHubsAuthorizationException.class);
  }

  @Test
  void soIsOneThatHasStoodForAMinuteWithoutEvents() {
    meaning.attaching();
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(told(refused(false)).mayPass()).isTrue();

    meaning.attaching();
    assertThat(told(refused(false)).mayPass()).isFalse();
  }
}
