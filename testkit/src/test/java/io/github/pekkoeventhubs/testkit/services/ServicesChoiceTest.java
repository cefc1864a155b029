// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.pekkoeventhubs.testkit.services.EventHubsServices.WantedEventHub;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class ServicesChoiceTest {

  private static final WantedEventHub ORDERS =
      new WantedEventHub("orders", 4, List.of("billing", "audit"));

  @Test
  void startsTheEmbeddedOnes() {
    try (EventHubsServices services = start("embedded", Map.of())) {
      assertThat(services.eventHubs()).isPresent();
      assertThat(services.blobs()).isPresent();
    }
  }

  @Test
  void takesTheRealOnesFromTheEnvironmentOrSkips() {
    assertThatExceptionOfType(TestAbortedException.class)
        .isThrownBy(() -> start("azure", Map.of()))
        .withMessageContaining(ExternalEventHubsServices.EVENT_HUBS_VARIABLE);
    try (EventHubsServices services =
        start(
            "azure",
            Map.of(
                ExternalEventHubsServices.EVENT_HUBS_VARIABLE, "Endpoint=sb://a",
                ExternalEventHubsServices.STORAGE_VARIABLE, "AccountName=b"))) {
      assertThat(services.eventHubsConnectionString()).isEqualTo("Endpoint=sb://a");
      assertThat(services.blobConnectionString()).isEqualTo("AccountName=b");
    }
  }

  @Test
  void namesWhatThereIs() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> start("real", Map.of()))
        .withMessageContaining("embedded, containers or azure");
  }

  @Test
  void describesEventHubsToTheEmulatorOfMicrosoft() {
    assertThat(ContainerEventHubsServices.configuration(List.of(ORDERS)))
        .contains(
            "{\"Name\":\"orders\",\"PartitionCount\":\"4\",\"ConsumerGroups\":"
                + "[{\"Name\":\"billing\"},{\"Name\":\"audit\"}]}")
        .contains("\"Type\":\"EventHub\"");
  }

  @Test
  void tellsAzuriteToAnswerClientsThatAreNewerThanItself() {
    ContainerEventHubsServices.Azurite azurite =
        new ContainerEventHubsServices.Azurite() {
          /** The container's own is named after its image, for which it asks Docker. */
          @Override
          protected Logger logger() {
            return LoggerFactory.getLogger(ServicesChoiceTest.class);
          }
        };

    azurite.configure();

    assertThat(azurite.getCommandParts())
        .startsWith("azurite", "--blobHost")
        .endsWith("--skipApiVersionCheck");
  }

  @Test
  void refusesMoreThanTheEmulatorOfMicrosoftAllows() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ContainerEventHubsServices.configuration(Collections.nCopies(11, ORDERS)))
        .withMessageContaining("1 to 10 event hubs");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ContainerEventHubsServices.configuration(
                    List.of(new WantedEventHub("orders", 33, List.of()))))
        .withMessageContaining("32 partitions");
  }

  private static EventHubsServices start(String name, Map<String, String> environment) {
    return ServicesChoice.start(
        "eventhubs.testkit.services", name, List.of(ORDERS), Clock.systemUTC(), environment);
  }
}
