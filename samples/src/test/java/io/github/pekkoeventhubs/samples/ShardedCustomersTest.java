// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.javadsl.Consumer.DrainingControl;
import java.util.List;
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
      assertThat(List.of(numbers.getOrDefault("order 1", 0), numbers.getOrDefault("order 11", 0)))
          .containsExactlyInAnyOrder(1, 2);
      assertThat(numbers.values()).contains(10).doesNotContain(11);
    }
  }
}
