// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.javadsl.Consumer.DrainingControl;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;

/** Entities of the cluster answer for each order. */
class ShardedCustomersTest {

  @Test
  void eachCustomerCountsItsOwnOrders() {
    try (SampleServices services = SampleServices.startCluster()) {
      Map<String, Integer> numbers = new ConcurrentHashMap<>();
      services.sendOrders(12);
      DrainingControl<Done> control =
          ShardedCustomers.run(
              services.system(),
              services.consumerSettings(),
              order -> order.getBodyAsString().endsWith("1") ? "anna" : "bert",
              (order, number) -> {
                numbers.put(order, number);
                services.print(order);
              });
      services.awaitLines(12);
      SampleServices.join(control.drainAndShutdown());

      assertThat(numbers).hasSize(12);
      assertThat(numbers.get("order 1") + numbers.get("order 11")).as("1 and 2").isEqualTo(3);
      assertThat(numbers.values()).contains(10).doesNotContain(11);
    }
  }
}
