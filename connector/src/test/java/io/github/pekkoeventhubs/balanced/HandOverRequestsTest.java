// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.ownership.OneRecordStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class HandOverRequestsTest {

  private static final String SELF = "self#1";
  private static final String NEIGHBOUR = "neighbour#1";

  private final EventHubPartition partition =
      new EventHubPartition("ns.servicebus.windows.net", "orders", "$Default", "0");
  private final OneRecordStore store = new OneRecordStore(partition);
  private final ConsumerSettings settings =
      ConsumerSettings.create(
              ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
          .withInitialPosition(EventPosition.earliest())
          .withPartitionStore(store);
  private final HandOverRequests requests = requestsOf(SELF);

  private static HandOverRequests requestsOf(String ownerId) {
    return new HandOverRequests(
        ownerId, KeyedLog.of(LoggerFactory.getLogger(HandOverRequestsTest.class)));
  }

  private void askedBy(HandOverRequests asking) {
    store.claimedBy(NEIGHBOUR, Duration.ZERO);
    asking.ask(settings, store.ownership().orElseThrow());
  }

  private void eraseAll() throws Exception {
    requests.eraseAll(settings).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void aProcessThatEndsTakesBackWhatItHasAskedFor() throws Exception {
    askedBy(requests);
    assertThat(store.ownership().orElseThrow().handOverRequester()).contains(SELF);

    eraseAll();

    assertThat(store.ownership().orElseThrow().handOverRequester()).isEmpty();
    assertThat(store.ownership().orElseThrow().ownerId()).isEqualTo(NEIGHBOUR);
  }

  @Test
  void theRequestOfAnotherProcessStays() throws Exception {
    askedBy(requests);
    askedBy(requestsOf("other#1"));

    eraseAll();

    assertThat(store.ownership().orElseThrow().handOverRequester()).contains("other#1");
  }

  @Test
  void aStoreThatIsBusyForAMomentIsAskedAgain() throws Exception {
    askedBy(requests);
    store.failNext(2, new PartitionStoreException("the store is busy", null, true));

    eraseAll();

    assertThat(store.failuresLeft()).isZero();
    assertThat(store.ownership().orElseThrow().handOverRequester()).isEmpty();
  }

  @Test
  void aStoreThatFailsKeepsNoProcessFromItsEnd() throws Exception {
    askedBy(requests);
    store.failByThrowing(new PartitionStoreException("the store is busy", null, true));

    eraseAll();

    assertThat(requests.eraseAll(settings).toCompletableFuture()).isCompleted();
  }
}
