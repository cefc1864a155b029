// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.ownership.PartitionRun.Fault;
import io.github.pekkoeventhubs.ownership.PartitionRun.ReceiverEnd;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A link loses its access with its token, which the next link brings anew, or with its rights. */
class LinkAccessTest {

  private final AtomicLong nanos = new AtomicLong();
  private final LinkAccess access =
      new LinkAccess(new EventHubPartition("ns", "orders", "billing", "7"), nanos::get);

  private static ReceiverEnd refused(boolean hadReceived) {
    return new ReceiverEnd(
        new EventHubsAuthorizationException("no Listen claim"),
        false,
        hadReceived,
        false,
        Fault.ACCESS_REFUSED);
  }

  @Test
  void anAttachThatIsRefusedIsFinal() {
    access.attaching();
    nanos.addAndGet(Duration.ofSeconds(59).toNanos());
    ReceiverEnd end = refused(false);

    assertThat(access.refused(end)).isSameAs(end);
  }

  @Test
  void aLinkThatHasDeliveredIsFollowedByAnother() {
    access.attaching();

    ReceiverEnd told = access.refused(refused(true));

    assertThat(told.mayPass()).isTrue();
    assertThat(told.cause())
        .isInstanceOf(ServiceUnavailableException.class)
        .hasMessageContaining("has worked and is refused now; attaching with a new token")
        .hasCauseInstanceOf(EventHubsAuthorizationException.class);
  }

  @Test
  void soIsOneThatHasStoodForAMinuteWithoutEvents() {
    access.attaching();
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(access.refused(refused(false)).mayPass()).isTrue();

    access.attaching();
    assertThat(access.refused(refused(false)).mayPass()).isFalse();
  }
}
