// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.jspecify.annotations.Nullable;

/** The answer to a request on {@code $cbs} or {@code $management}. */
record Response(
    int statusCode,
    String description,
    @Nullable String errorCondition,
    @Nullable Map<String, Object> body) {
  static Response accepted() {
    return new Response(202, "Accepted", null, null);
  }

  static Response ok(Map<String, Object> body) {
    return new Response(200, "OK", null, body);
  }

  static Response failed(ServiceException error) {
    int statusCode =
        switch (error.condition()) {
          case ErrorConditions.NOT_FOUND -> 404;
          case ErrorConditions.UNAUTHORIZED_ACCESS -> 401;
          case ErrorConditions.RESOURCE_LIMIT_EXCEEDED -> 403;
          case ErrorConditions.NOT_IMPLEMENTED -> 501;
          case ErrorConditions.INTERNAL_ERROR -> 500;
          default -> 400;
        };
    return new Response(statusCode, error.description(), error.condition(), null);
  }

  /** The status as the clients want it: with an int, not with any other number. */
  Map<String, Object> applicationProperties() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("status-code", statusCode);
    properties.put("status-description", description);
    if (errorCondition != null) {
      properties.put("error-condition", Symbol.valueOf(errorCondition));
    }
    return properties;
  }
}
