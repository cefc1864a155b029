// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.util.Map;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/** Takes requests and answers each on the link its sender names as reply-to. */
final class RequestLink extends ServiceLink {
  /** The node behind the link, which answers its requests. */
  interface Node {
    /**
     * Returns the answer; null for none at all.
     *
     * @throws ServiceException to answer with an error
     */
    @Nullable Response handle(Map<String, Object> applicationProperties, Message request);
  }

  private static final int CREDIT = 100;

  private final Receiver receiver;
  private final Node node;
  private final int maxMessageSize;

  RequestLink(Host connection, Receiver receiver, Node node, int maxMessageSize) {
    super(connection, receiver);
    this.receiver = receiver;
    this.node = node;
    this.maxMessageSize = maxMessageSize;
  }

  void begin() {
    receiver.flow(CREDIT);
  }

  @Override
  void onDelivery(Delivery delivery) {
    if (delivery.pending() > maxMessageSize) {
      detach(
          new ServiceException(
              ErrorConditions.MESSAGE_SIZE_EXCEEDED,
              "A request may have " + maxMessageSize + " bytes"));
    } else if (delivery.isReadable() && !delivery.isPartial()) {
      byte[] bytes = new byte[delivery.pending()];
      receiver.recv(bytes, 0, bytes.length);
      delivery.disposition(Accepted.getInstance());
      delivery.settle();
      receiver.flow(1);
      answer(bytes);
    }
  }

  private void answer(byte[] bytes) {
    Message request = Message.Factory.create();
    try {
      request.decode(bytes, 0, bytes.length);
    } catch (RuntimeException | StackOverflowError e) {
      // The decoders throw many kinds for bytes that are not what they claim to be, and recurse.
      detach(new ServiceException(ErrorConditions.DECODE_ERROR, "The request is malformed"));
      return;
    }
    Response response = handle(request);
    if (response == null) {
      return;
    }
    Message message = Message.Factory.create();
    message.setCorrelationId(request.getMessageId());
    message.setAddress(request.getReplyTo());
    message.setApplicationProperties(new ApplicationProperties(response.applicationProperties()));
    message.setBody(new AmqpValue(response.body()));
    connection().reply(request.getReplyTo(), EncodedMessage.of(message));
  }

  private @Nullable Response handle(Message request) {
    ApplicationProperties properties = request.getApplicationProperties();
    if (properties != null && properties.getValue().get("name") instanceof String name) {
      connection().touched(name);
    }
    try {
      return node.handle(properties == null ? Map.of() : properties.getValue(), request);
    } catch (ServiceException e) {
      return Response.failed(e);
    }
  }
}
