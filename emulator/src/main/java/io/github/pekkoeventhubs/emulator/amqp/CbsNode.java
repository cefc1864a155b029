// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.util.Map;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.message.Message;

/** Takes the tokens by which a client shows what it may use. */
final class CbsNode implements RequestLink.Node {
  private final Authorization authorization;

  CbsNode(Authorization authorization) {
    this.authorization = authorization;
  }

  @Override
  public Response handle(Map<String, Object> applicationProperties, Message request) {
    if (!"put-token".equals(applicationProperties.get("operation"))) {
      throw new ServiceException(
          ErrorConditions.NOT_IMPLEMENTED,
          "$cbs knows no operation '" + applicationProperties.get("operation") + "'");
    }
    String audience = String.valueOf(applicationProperties.get("name"));
    String token =
        request.getBody() instanceof AmqpValue body ? String.valueOf(body.getValue()) : "";
    authorization.put(audience, token);
    return Response.accepted();
  }
}
