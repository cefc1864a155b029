// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProduceException;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.junit.jupiter.api.Test;

@SuppressWarnings("JavaUtilDate") // What the encoder takes for a point in time.
class UnencodableEventTest {

  private final RuntimeException cause = new IllegalArgumentException("no encoding");

  private final EventData event = new EventData("body");

  private ProduceException failure() {
    return UnencodableEvent.failure(event, Route.partitionKey("k"), cause);
  }

  private void assertNames(String name, Object value, String type) {
    event.getProperties().put(name, value);
    assertThat(failure())
        .hasMessageContaining("PartitionKey[key=k]")
        .hasMessageContaining("property '" + name + "'")
        .hasMessageContaining(type)
        .hasCause(cause);
    event.getProperties().remove(name);
  }

  @Test
  void namesTheRouteAndThePropertyWithItsType() {
    event.getProperties().put("text", "fine");
    event.getProperties().put("uuid", new UUID(1, 2));
    event.getProperties().put("date", new Date(0));
    event.getProperties().put("binary", new Binary(new byte[1]));
    event.getProperties().put("symbol", Symbol.valueOf("s"));
    event.getProperties().put("numbers", new Integer[] {1});
    event.getProperties().put("list", List.of(1, "2", Map.of("a", 1.5)));
    event.getProperties().put("nothing", null);
    event.getProperties().put("count", BigInteger.TEN);

    assertNames("price", BigDecimal.ONE, "java.math.BigDecimal");
    assertNames("at", Instant.EPOCH, "java.time.Instant");
    assertNames("bytes", new byte[1], "byte[]");
    assertNames("nested", List.of(Map.of("a", Instant.EPOCH)), "java.util.ImmutableCollections");
    assertNames("mixed", new Object[] {1, "2"}, "java.lang.Object[]");
  }

  @Test
  void namesAFooterAsItIsSent() {
    event.getRawAmqpMessage().getFooter().put("at", Instant.EPOCH);

    EventData sendable = SendableEvent.of(event, Route.roundRobin());

    assertThat(UnencodableEvent.failure(sendable, Route.roundRobin(), cause))
        .hasMessageContaining("footer 'at' is java.time.Instant");
  }

  @Test
  void namesAnAnnotation() {
    event.getRawAmqpMessage().getMessageAnnotations().put("tenant", Instant.EPOCH);

    assertThat(failure()).hasMessageContaining("message annotation 'tenant'");
  }

  @Test
  void saysWhatTheSdkSaidWhereNothingStandsOut() {
    assertThat(failure()).hasMessageContaining("no encoding");
  }
}
