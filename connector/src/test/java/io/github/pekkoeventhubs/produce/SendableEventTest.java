// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import com.azure.core.amqp.models.AmqpAnnotatedMessage;
import com.azure.core.util.Context;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.junit.jupiter.api.Test;

class SendableEventTest {

  private static final Route ANY = Route.roundRobin();
  private static final Route KEY = Route.partitionKey("k");

  private final EventData event = new EventData("body");
  private final AmqpAnnotatedMessage message = event.getRawAmqpMessage();

  private void makeItAReceivedOne() {
    message.getMessageAnnotations().put("x-opt-enqueued-time", Instant.EPOCH);
    message.getMessageAnnotations().put("x-opt-offset", "1");
    message.getMessageAnnotations().put("x-opt-sequence-number", 1L);
    message.getMessageAnnotations().put("x-opt-partition-key", "old");
    // What the SDK reports where the sender has set nothing.
    message.getHeader().setTimeToLive(Duration.ZERO).setPriority((short) 4).setDeliveryCount(0L);
    message.getProperties().setGroupSequence(0L);
  }

  private static Object contextOf(EventData event) throws Exception {
    Method accessor = EventData.class.getDeclaredMethod("getContext");
    accessor.setAccessible(true);
    return accessor.invoke(event);
  }

  @Test
  void aFreshEventForAnyPartitionIsSentAsItIs() {
    message.getMessageAnnotations().put("x-opt-tenant", "t1");

    assertThat(SendableEvent.of(event, ANY)).isSameAs(event);
    assertThat(SendableEvent.of(event, Route.partitionId("3"))).isSameAs(event);
  }

  @Test
  void theKeyIsWrittenIntoACopy() {
    EventData copy = SendableEvent.of(event, KEY);

    assertThat(copy.getRawAmqpMessage().getMessageAnnotations())
        .isEqualTo(Map.of("x-opt-partition-key", "k"));
    assertThat(message.getMessageAnnotations()).isEmpty();
  }

  @Test
  void whatTheServiceWroteIntoAReceivedEventIsLeftOut() {
    makeItAReceivedOne();
    message.getMessageAnnotations().put("x-opt-tenant", "t1");
    message.getDeliveryAnnotations().put("last_enqueued_offset", "1");
    message.getDeliveryAnnotations().put("mine", 7);

    EventData copy = SendableEvent.of(event, ANY);

    assertThat(copy.getRawAmqpMessage().getMessageAnnotations())
        .isEqualTo(Map.of("x-opt-tenant", "t1"));
    assertThat(copy.getRawAmqpMessage().getDeliveryAnnotations()).isEqualTo(Map.of("mine", 7));
    assertThat(message.getMessageAnnotations())
        .containsKeys("x-opt-enqueued-time", "x-opt-partition-key");
  }

  @Test
  void everythingElseIsKept() {
    event.setContentType("text/plain").setCorrelationId("correlation").setMessageId("message");
    message.getProperties().setSubject("subject").setUserId(new byte[] {1}).setGroupSequence(7L);
    event.getProperties().put("traceparent", "00-1-2-01");

    EventData copy = SendableEvent.of(event, KEY);

    assertThat(copy).isNotSameAs(event);
    assertThat(copy.getBody()).isSameAs(event.getBody());
    assertThat(copy.getContentType()).isEqualTo("text/plain");
    assertThat(copy.getCorrelationId()).isEqualTo("correlation");
    assertThat(copy.getMessageId()).isEqualTo("message");
    assertThat(copy.getProperties()).isEqualTo(Map.of("traceparent", "00-1-2-01"));
    assertThat(copy.getRawAmqpMessage().getProperties().getSubject()).isEqualTo("subject");
    assertThat(copy.getRawAmqpMessage().getProperties().getUserId()).containsExactly(1);
    assertThat(copy.getRawAmqpMessage().getProperties().getGroupSequence()).isEqualTo(7);
  }

  @Test
  void theNamesInAFooterAreSentAsSymbolsAlsoWithoutAKeyAndStayTextInTheUsersEvent() {
    message.getFooter().put("checksum", "abc");

    for (Route route : List.of(KEY, ANY)) {
      Map<?, ?> footer = SendableEvent.of(event, route).getRawAmqpMessage().getFooter();
      assertThat(footer).isEqualTo(Map.of(Symbol.valueOf("checksum"), "abc"));
    }
    assertThat(SendableEvent.copy(event).getRawAmqpMessage().getFooter())
        .isEqualTo(Map.of("checksum", "abc"));
    assertThat(message.getFooter()).isEqualTo(Map.of("checksum", "abc"));
  }

  @Test
  void theHeaderIsKeptAlsoWithAKey() {
    message
        .getHeader()
        .setTimeToLive(Duration.ofMinutes(1))
        .setDurable(true)
        .setPriority((short) 9)
        .setDeliveryCount(2L)
        .setFirstAcquirer(true);

    var header = SendableEvent.of(event, KEY).getRawAmqpMessage().getHeader();

    assertThat(header.getTimeToLive()).isEqualTo(Duration.ofMinutes(1));
    assertThat(header.isDurable()).isTrue();
    assertThat(header.getPriority()).isEqualTo((short) 9);
    assertThat(header.getDeliveryCount()).isEqualTo(2);
    assertThat(header.isFirstAcquirer()).isTrue();
  }

  @Test
  void theDefaultsThatStandForNothingInAReceivedEventAreNotSent() {
    makeItAReceivedOne();

    AmqpAnnotatedMessage copy = SendableEvent.of(event, ANY).getRawAmqpMessage();

    assertThat(copy.getHeader().getTimeToLive()).isNull();
    assertThat(copy.getHeader().getPriority()).isNull();
    assertThat(copy.getHeader().getDeliveryCount()).isNull();
    assertThat(copy.getProperties().getGroupSequence()).isNull();
  }

  @Test
  void whatTheSenderOfAReceivedEventHadSetInTheHeaderIsKept() {
    makeItAReceivedOne();
    message
        .getHeader()
        .setTimeToLive(Duration.ofSeconds(3))
        .setPriority((short) 5)
        .setDurable(true);

    var header = SendableEvent.of(event, ANY).getRawAmqpMessage().getHeader();

    assertThat(header.getTimeToLive()).isEqualTo(Duration.ofSeconds(3));
    assertThat(header.getPriority()).isEqualTo((short) 5);
    assertThat(header.isDurable()).isTrue();
  }

  @Test
  void theContextIsKept() throws Exception {
    event.addContext("span", "parent").addContext("other", 2);

    Context copied = (Context) contextOf(SendableEvent.of(event, KEY));

    assertThat(copied.getValues()).isEqualTo(Map.of("span", "parent", "other", 2));
  }

  @Test
  void arraysOfPrimitiveValuesAreSentAsArrays() {
    event.getProperties().put("numbers", new int[] {1, 2});
    event.getProperties().put("list", List.of(new long[] {3}));
    event.getProperties().put("map", Map.of("inner", new boolean[] {true}));

    Map<String, Object> sent = SendableEvent.of(event, ANY).getProperties();

    assertThat(sent.get("numbers")).isEqualTo(new Integer[] {1, 2});
    assertThat(sent.get("list")).asInstanceOf(LIST).containsExactly((Object) new Long[] {3L});
    assertThat(sent.get("map")).asInstanceOf(MAP).containsEntry("inner", new Boolean[] {true});
  }

  @Test
  void bytesAreAnArrayWhereTheyWereReceivedAndLeftAloneWhereTheUserMadeThem() {
    event.getProperties().put("bytes", new byte[] {1});
    assertThat(SendableEvent.of(event, KEY).getProperties().get("bytes")).isEqualTo(new byte[] {1});

    makeItAReceivedOne();
    assertThat(SendableEvent.of(event, KEY).getProperties().get("bytes")).isEqualTo(new Byte[] {1});
  }
}
