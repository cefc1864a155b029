// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.InvalidSettingsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlobLeaseSectionTest {

  private static final Config REFERENCE = ConfigFactory.load();

  /** As Pekko gives it to a lease: with its own defaults below. */
  private static Config storeWith(String entries) {
    return BlobLeaseSection.storeOf(
        ConfigFactory.parseString(entries)
            .withFallback(REFERENCE.getConfig(BlobLease.CONFIG_PATH))
            .withFallback(REFERENCE.getConfig("pekko.coordination.lease")),
        REFERENCE.getConfig(BlobPartitionStore.CONFIG_PATH));
  }

  @Test
  void theStoreIsThatOfThePartitionStoreUnlessTheLeaseSaysOtherwise() {
    assertThat(storeWith("container = leases").getString("container")).isEqualTo("leases");
    assertThat(storeWith("").root())
        .isEqualTo(REFERENCE.getConfig(BlobPartitionStore.CONFIG_PATH).root());
  }

  @ParameterizedTest
  @CsvSource({
    "hartbeat-timeout = 25s, 'heartbeat-timeout'",
    "contaner = leases, 'container'",
    "heartbeat-timeout = 25, heartbeat-timeout = 25 has no unit",
    "heartbeat-interval = 5, heartbeat-interval = 5 has no unit",
    "lease-operation-timeout = 5, lease-operation-timeout = 5 has no unit",
    "lease-operation-timeout = 5ms, lease-operation-timeout must be at least 10ms",
    "heartbeat-timeout = 4s, heartbeat-timeout (4s) must not be shorter than heartbeat-interval",
  })
  void aKeyOrAValueThatCannotBeMeantIsRefused(String entry, String message) {
    assertThatThrownBy(() -> storeWith(entry))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(message);
  }
}
