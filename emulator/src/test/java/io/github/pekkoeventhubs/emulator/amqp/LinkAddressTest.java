// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.pekkoeventhubs.emulator.amqp.LinkAddress.Cbs;
import io.github.pekkoeventhubs.emulator.amqp.LinkAddress.EventHubSender;
import io.github.pekkoeventhubs.emulator.amqp.LinkAddress.Management;
import io.github.pekkoeventhubs.emulator.amqp.LinkAddress.PartitionReceiver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinkAddressTest {
  @Test
  void knowsWhatAnAddressStandsFor() {
    assertThat(LinkAddress.parse("$cbs")).isEqualTo(new Cbs());
    assertThat(LinkAddress.parse("$management")).isEqualTo(new Management());
    assertThat(LinkAddress.parse("orders/$management")).isEqualTo(new Management());
    assertThat(LinkAddress.parse("orders")).isEqualTo(new EventHubSender("orders", null));
    assertThat(LinkAddress.parse("orders/Partitions/3"))
        .isEqualTo(new EventHubSender("orders", "3"));
    assertThat(LinkAddress.parse("orders/ConsumerGroups/$Default/Partitions/0"))
        .isEqualTo(new PartitionReceiver("orders", "$Default", "0"));
  }

  @Test
  void ignoresSchemeAndHost() {
    assertThat(LinkAddress.parse("amqps://ns.example:5671/orders/Partitions/3/"))
        .isEqualTo(new EventHubSender("orders", "3"));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "/", "a/b", "a/b/c", "orders/Partitions/0/more", "a/b/c/d/e"})
  void findsNothingElsewhere(String address) {
    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> LinkAddress.parse(address))
        .satisfies(error -> assertThat(error.condition()).isEqualTo(ErrorConditions.NOT_FOUND));
  }
}
