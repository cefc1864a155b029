// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

/** The AMQP error conditions with which the service answers. */
final class ErrorConditions {
  static final String NOT_FOUND = "amqp:not-found";
  static final String LINK_STOLEN = "amqp:link:stolen";
  static final String RESOURCE_LIMIT_EXCEEDED = "amqp:resource-limit-exceeded";
  static final String MESSAGE_SIZE_EXCEEDED = "amqp:link:message-size-exceeded";
  static final String UNAUTHORIZED_ACCESS = "amqp:unauthorized-access";
  static final String NOT_IMPLEMENTED = "amqp:not-implemented";
  static final String DECODE_ERROR = "amqp:decode-error";
  static final String INTERNAL_ERROR = "amqp:internal-error";
  static final String ARGUMENT_ERROR = "com.microsoft:argument-error";
  static final String OUT_OF_ORDER_SEQUENCE = "com.microsoft:out-of-order-sequence";
  static final String ARGUMENT_OUT_OF_RANGE = "com.microsoft:argument-out-of-range";

  private ErrorConditions() {}
}
