// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A section that reference.conf does not have is refused, whatever settings are read first. */
class RootSectionTest {

  private static final String STORE =
      """
      pekko.eventhubs.partition-store.blob {
        account-url = "https://a.blob.core.windows.net/?sv=2026-02-06&sig=abc"
        container = checkpoints
      }
      """;

  /** What reads settings of an actor system. */
  private record Reader(String name, Consumer<ActorSystem<?>> reads) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Reader> readers() {
    return Stream.of(
        new Reader("consumer", ConsumerSettings::create),
        new Reader("committer", CommitterSettings::create),
        new Reader("producer", ProducerSettings::create),
        new Reader("store", BlobPartitionStore::fromConfig));
  }

  private static void withSystem(String entries, Consumer<ActorSystem<?>> use) {
    Config config =
        ConfigFactory.parseString(STORE + entries).withFallback(ConfigFactory.load()).resolve();
    ActorTestKit testKit = ActorTestKit.create("root-section", config);
    try {
      use.accept(testKit.system());
    } finally {
      testKit.shutdownTestKit();
    }
  }

  @ParameterizedTest
  @MethodSource("readers")
  void aMistypedSectionIsRefused(Reader reader) {
    withSystem(
        "pekko.eventhubs.comitter.max-batch = 5",
        system ->
            assertThatThrownBy(() -> reader.reads().accept(system))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("pekko.eventhubs")
                .hasMessageContaining("'comitter'")
                .hasMessageContaining("the nearest is 'committer'"));
  }

  @ParameterizedTest
  @MethodSource("readers")
  void theSectionsOfTheReferenceAreAccepted(Reader reader) {
    withSystem("", reader.reads());
  }

  @ParameterizedTest
  @CsvSource({
    "consumr.connections = 3, consumr, consumer",
    "consumers.connections = 3, consumers, consumer",
    "Committer.max-batch = 5, Committer, committer",
    "partition-stor.blob.container = x, partition-stor, partition-store.blob",
    "partition-store.blo.container = x, partition-store.blo, partition-store.blob",
    "partition-store.container = x, partition-store.container, partition-store.blob.container",
    "blob-leese.container = x, blob-leese, blob-lease",
    "cluster-shardin.minimum-hold = 5s, cluster-shardin, cluster-sharding",
    "dispatchr.throughput = 1, dispatchr, dispatcher",
    "handover-timeout = 5s, handover-timeout, consumer.handover-timeout",
  })
  void theNearestSectionIsNamed(String entry, String mistyped, String meant) {
    withSystem(
        "pekko.eventhubs." + entry,
        system ->
            assertThatThrownBy(() -> CommitterSettings.create(system))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("'" + mistyped + "'")
                .hasMessageContaining("the nearest is '" + meant + "'"));
  }

  @Test
  void aSectionThatIsNearNoOtherIsRefusedToo() {
    withSystem(
        "pekko.eventhubs.orders = ${pekko.eventhubs.consumer}",
        system ->
            assertThatThrownBy(() -> ConsumerSettings.create(system))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("'orders'"));
  }

  @Test
  void theRefusalShowsNoSecretAndSaysWhereSectionsOfAnApplicationStand() {
    withSystem(
        "pekko.eventhubs.consumr.connection-string = \"Endpoint=sb://x;SharedAccessKey=c2Vj\"",
        system ->
            assertThat(catchThrowable(() -> ConsumerSettings.create(system)))
                .hasMessageContaining("your own sections stand elsewhere")
                .hasMessageContaining("(value not shown, from ")
                .hasMessageNotContaining("c2Vj"));
  }

  @Test
  void aCopyOutsideIsTheApplications() {
    withSystem(
        "my-app.committer = ${pekko.eventhubs.committer}, my-app.committer.max-interval = 3s",
        system ->
            assertThat(
                    CommitterSettings.create(
                            system.settings().config().getConfig("my-app.committer"))
                        .maxInterval())
                .isEqualTo(Duration.ofSeconds(3)));
  }

  @Test
  void everySectionOfTheReferenceIsKnown() {
    ConfigObject reference =
        ConfigFactory.defaultReference().getConfig(RootSection.CONFIG_PATH).root();
    TreeSet<String> names = new TreeSet<>();
    for (Map.Entry<String, ?> entry : reference.entrySet()) {
      if (entry.getKey().equals("partition-store")) {
        ((ConfigObject) entry.getValue())
            .keySet()
            .forEach(store -> names.add("partition-store." + store));
      } else {
        names.add(entry.getKey());
      }
    }

    assertThat(RootSection.SECTIONS).containsExactlyInAnyOrderElementsOf(names);
  }
}
