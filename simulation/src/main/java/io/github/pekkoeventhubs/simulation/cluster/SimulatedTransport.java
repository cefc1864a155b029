// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.cluster;

import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSelection$;
import org.apache.pekko.actor.ActorSelectionMessage;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.dispatch.Futures;
import org.apache.pekko.dispatch.sysmsg.SystemMessage;
import org.apache.pekko.event.Logging;
import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.remote.MessageSerializer;
import org.apache.pekko.remote.RemoteActorRef;
import org.apache.pekko.remote.RemoteActorRefProvider;
import org.apache.pekko.remote.RemoteTransport;
import org.apache.pekko.remote.UniqueAddress;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;
import org.apache.pekko.serialization.Serialization;
import scala.Option;
import scala.concurrent.Future;

/**
 * The part of Pekko's remoting that a world replaces: it takes messages to other actor systems and
 * brings them there, serialized by Pekko's own serializers, over a {@link Network}. A node's
 * classes make one in the place of the transport over TCP.
 */
public final class SimulatedTransport extends RemoteTransport implements NetworkEnd {

  private final Network network;
  private final LoggingAdapter log;
  private final Host host;
  private final Address address;

  /** The incarnations of other nodes with which this one has nothing to do any more. */
  private final Set<UniqueAddress> quarantined = new HashSet<>();

  private boolean isOpen;

  /** Pekko's provider makes it, with the arguments of its own transport. */
  public SimulatedTransport(
      ExtendedActorSystem system, RemoteActorRefProvider provider, boolean encrypted) {
    super(system, provider);
    this.network = Network.current();
    this.log = Logging.getLogger(system, SimulatedTransport.class);
    this.address =
        new Address(
            "pekko",
            system.name(),
            system.settings().config().getString("pekko.remote.artery.canonical.hostname"),
            system.settings().config().getInt("pekko.remote.artery.canonical.port"));
    this.host = network.host(address);
  }

  @Override
  public Host host() {
    return host;
  }

  /** This incarnation of the node. */
  @Override
  public UniqueAddress self() {
    return new UniqueAddress(
        address, org.apache.pekko.remote.AddressUidExtension.get(system()).longAddressUid());
  }

  @Override
  public boolean isOpen() {
    return isOpen && !host.isDead();
  }

  @Override
  public void start() {
    isOpen = true;
    network.opened(this);
  }

  @Override
  public Future<Done> shutdown() {
    isOpen = false;
    return Futures.successful(Done.getInstance());
  }

  @Override
  public scala.collection.immutable.Set<Address> addresses() {
    return scala.collection.immutable.Set$.MODULE$.<Address>empty().incl(address);
  }

  @Override
  public Address defaultAddress() {
    return address;
  }

  @Override
  public Address localAddressForRemote(Address remote) {
    return address;
  }

  @Override
  public LoggingAdapter log() {
    return log;
  }

  @Override
  public void send(Object message, ActorRef sender, RemoteActorRef recipient) {
    network.send(
        this,
        recipient.path().address(),
        new Letter(
            recipient.path().toSerializationFormat(),
            sender == null ? null : Serialization.serializedActorPath(sender),
            MessageSerializer.serialize(system(), message)),
        message instanceof SystemMessage);
  }

  /** A letter of another node has arrived. */
  @Override
  public void receive(Letter letter) {
    InternalActorRef recipient =
        provider().resolveActorRefWithLocalAddress(letter.recipient(), address);
    ActorRef sender =
        letter.sender() == null
            ? system().deadLetters()
            : provider().resolveActorRefWithLocalAddress(letter.sender(), address);
    Object content = MessageSerializer.deserialize(system(), letter.content());
    if (content instanceof ActorSelectionMessage selection) {
      ActorSelection$.MODULE$.deliverSelection(recipient, sender, selection);
    } else if (content instanceof SystemMessage systemMessage) {
      recipient.sendSystemMessage(systemMessage);
    } else {
      recipient.tell(content, sender);
    }
  }

  @Override
  public void quarantine(Address remote, Option<Object> uid, String reason) {
    if (uid.isDefined()) {
      quarantined.add(new UniqueAddress(remote, ((Number) uid.get()).longValue()));
    }
  }

  @Override
  public boolean hasQuarantined(UniqueAddress other) {
    return quarantined.contains(other);
  }

  /** Another node has told this one that it has nothing to do with it any more. */
  @SuppressWarnings("deprecation") // Pekko's own resolver of split brains listens to it.
  @Override
  public void refusedBy(UniqueAddress other) {
    system().eventStream().publish(new ThisActorSystemQuarantinedEvent(self(), other));
  }
}
