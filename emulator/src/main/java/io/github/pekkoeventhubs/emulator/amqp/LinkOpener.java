// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;

/** Answers the attaches of one connection: opens the service's end of a link, or refuses it. */
final class LinkOpener {
  private static final Symbol SELECTOR = Symbol.valueOf("apache.org:selector-filter:string");
  private static final Symbol EPOCH = Symbol.valueOf("com.microsoft:epoch");
  private static final Symbol RECEIVER_NAME = Symbol.valueOf("com.microsoft:receiver-name");
  private static final Symbol TRACK_LAST_ENQUEUED =
      Symbol.valueOf("com.microsoft:enable-receiver-runtime-metric");
  private static final Symbol IDEMPOTENT_PRODUCER =
      Symbol.valueOf("com.microsoft:idempotent-producer");
  private static final Symbol PRODUCER_ID = Symbol.valueOf("com.microsoft:producer-id");
  private static final Symbol PRODUCER_EPOCH = Symbol.valueOf("com.microsoft:producer-epoch");
  private static final Symbol PRODUCER_SEQUENCE_NUMBER =
      Symbol.valueOf("com.microsoft:producer-sequence-number");
  private static final String NO_RECEIVER_NAME = "nil";

  private final ServiceLink.Host connection;
  private final EventLoop loop;
  private final Broker broker;
  private final ServiceSettings settings;
  private final Authorization authorization;

  LinkOpener(
      ServiceLink.Host connection,
      EventLoop loop,
      Broker broker,
      ServiceSettings settings,
      Authorization authorization) {
    this.connection = connection;
    this.loop = loop;
    this.broker = broker;
    this.settings = settings;
    this.authorization = authorization;
  }

  void open(Link link) {
    try {
      if (link instanceof Sender sender) {
        openForClientReceiver(sender);
      } else {
        openForClientSender((Receiver) link);
      }
    } catch (ServiceException e) {
      refuse(link, e);
    }
  }

  private void openForClientReceiver(Sender sender) {
    Source source = sender.getRemoteSource() instanceof Source remote ? remote : new Source();
    LinkAddress address = LinkAddress.parse(source.getAddress());
    if (address instanceof LinkAddress.PartitionReceiver receiver) {
      openConsumer(sender, source, receiver);
    } else if (address instanceof LinkAddress.EventHubSender) {
      throw ServiceException.notFound(String.valueOf(source.getAddress()));
    } else {
      ReplyLink reply = new ReplyLink(connection, sender);
      connection.remember(reply);
      agree(sender, SenderSettleMode.SETTLED);
    }
  }

  private void openConsumer(Sender sender, Source source, LinkAddress.PartitionReceiver address) {
    authorization.require(String.valueOf(source.getAddress()));
    EventHub eventHub = broker.eventHub(address.eventHub());
    eventHub.requireConsumerGroup(address.consumerGroup());
    Partition partition = eventHub.partition(address.partitionId());
    connection.touched(eventHub.name());
    throwIfPlanned(eventHub, LinkKind.RECEIVER);
    partition.log().expire();
    boolean preSettled =
        settings.preSettled() || sender.getRemoteSenderSettleMode() == SenderSettleMode.SETTLED;
    ConsumerLink consumer =
        new ConsumerLink(
            connection, sender, preSettled, desires(sender, TRACK_LAST_ENQUEUED), settings.clock());
    Subscription subscription =
        new Subscription(
            partition,
            address.consumerGroup(),
            ownerLevel(sender),
            receiverName(sender),
            partition.log().locate(StartPosition.parse(selector(source))),
            consumer);
    partition.receiversOf(address.consumerGroup()).add(subscription);
    partition.countAttach();
    consumer.begin(subscription);
    connection.remember(consumer);
    agree(sender, preSettled ? SenderSettleMode.SETTLED : SenderSettleMode.UNSETTLED);
  }

  private void openForClientSender(Receiver receiver) {
    String target =
        receiver.getRemoteTarget() == null ? null : receiver.getRemoteTarget().getAddress();
    LinkAddress address = LinkAddress.parse(target);
    if (address instanceof LinkAddress.EventHubSender sender) {
      openProducer(receiver, String.valueOf(target), sender);
    } else if (address instanceof LinkAddress.Cbs) {
      throwIfPlanned(null, LinkKind.TOKENS);
      openRequests(receiver, new CbsNode(authorization));
    } else if (address instanceof LinkAddress.Management) {
      throwIfPlanned(null, LinkKind.MANAGEMENT);
      openRequests(receiver, new ManagementNode(broker, authorization, settings.clock()));
    } else {
      throw ServiceException.notFound(String.valueOf(target));
    }
  }

  private void openProducer(Receiver receiver, String target, LinkAddress.EventHubSender address) {
    authorization.require(target);
    EventHub eventHub = broker.eventHub(address.eventHub());
    String partitionId = address.partitionId();
    Partition partition = partitionId == null ? null : eventHub.partition(partitionId);
    connection.touched(eventHub.name());
    throwIfPlanned(eventHub, LinkKind.SENDER);
    if (broker.faults().losesAttach(EventHub.key(eventHub.name()), LinkKind.SENDER)) {
      connection.drop();
      return;
    }
    boolean idempotent = partition != null && desires(receiver, IDEMPOTENT_PRODUCER);
    ProducerLink producer =
        new ProducerLink(
            connection,
            receiver,
            eventHub,
            partition,
            idempotent,
            broker.faults(),
            settings.maxMessageSize(),
            loop);
    connection.remember(producer);
    if (partition != null && idempotent) {
      receiver.setProperties(publishingProperties(receiver, partition.idempotentProducers()));
    }
    agree(receiver, receiver.getRemoteSenderSettleMode());
    producer.begin();
  }

  private void throwIfPlanned(@Nullable EventHub eventHub, LinkKind kind) {
    String key = eventHub == null ? null : EventHub.key(eventHub.name());
    Optional<ServiceException> refusal = broker.faults().attachRefusal(key, kind);
    if (refusal.isPresent()) {
      throw refusal.get();
    }
  }

  private void openRequests(Receiver receiver, RequestLink.Node node) {
    RequestLink requests = new RequestLink(connection, receiver, node, settings.maxMessageSize());
    connection.remember(requests);
    agree(receiver, receiver.getRemoteSenderSettleMode());
    requests.begin();
  }

  private void agree(Link link, SenderSettleMode senderSettleMode) {
    link.setSource(link.getRemoteSource());
    link.setTarget(link.getRemoteTarget());
    link.setSenderSettleMode(senderSettleMode);
    link.setReceiverSettleMode(link.getRemoteReceiverSettleMode());
    link.setMaxMessageSize(UnsignedLong.valueOf(settings.maxMessageSize()));
    link.open();
  }

  /** A refusal is an attach without the terminus that was asked for, and a detach that says why. */
  private static void refuse(Link link, ServiceException error) {
    link.setSource(link instanceof Sender ? null : link.getRemoteSource());
    link.setTarget(link instanceof Sender ? link.getRemoteTarget() : null);
    link.open();
    link.setCondition(ServiceLink.condition(error));
    link.close();
  }

  private static @Nullable String selector(Source source) {
    Map<?, ?> filter = source.getFilter();
    Object selector = filter == null ? null : filter.get(SELECTOR);
    // Clients disagree on the descriptor, so any will do.
    Object value =
        selector instanceof DescribedType described ? described.getDescribed() : selector;
    return value == null ? null : value.toString();
  }

  private static @Nullable Long ownerLevel(Link link) {
    return property(link, EPOCH) instanceof Number epoch ? epoch.longValue() : null;
  }

  private static String receiverName(Link link) {
    Object name = property(link, RECEIVER_NAME);
    return name == null ? NO_RECEIVER_NAME : name.toString();
  }

  private static @Nullable Object property(Link link, Symbol name) {
    Map<Symbol, Object> properties = link.getRemoteProperties();
    return properties == null ? null : properties.get(name);
  }

  /**
   * A client that has published before sends its producer id and sequence number; a new one gets
   * them.
   */
  private static Map<Symbol, Object> publishingProperties(
      Link link, IdempotentProducers producers) {
    long id =
        property(link, PRODUCER_ID) instanceof Number given
            ? given.longValue()
            : producers.newProducerId();
    short epoch = property(link, PRODUCER_EPOCH) instanceof Number given ? given.shortValue() : 0;
    int sequenceNumber =
        property(link, PRODUCER_SEQUENCE_NUMBER) instanceof Number given
            ? given.intValue()
            : producers.lastSequenceNumber(id);
    return Map.of(PRODUCER_ID, id, PRODUCER_EPOCH, epoch, PRODUCER_SEQUENCE_NUMBER, sequenceNumber);
  }

  private static boolean desires(Link link, Symbol capability) {
    Symbol[] desired = link.getRemoteDesiredCapabilities();
    return desired != null && Arrays.asList(desired).contains(capability);
  }
}
