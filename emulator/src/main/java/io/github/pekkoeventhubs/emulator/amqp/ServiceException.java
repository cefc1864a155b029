// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.Internal;

/** An error the service reports to a client: an AMQP condition and a description. */
@Internal
public final class ServiceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String condition;

  public ServiceException(String condition, String description) {
    super(description);
    this.condition = condition;
  }

  public String condition() {
    return condition;
  }

  public String description() {
    return String.valueOf(getMessage());
  }

  static ServiceException notFound(String entity) {
    return new ServiceException(
        ErrorConditions.NOT_FOUND,
        "The messaging entity 'sb://localhost/" + entity + "' could not be found.");
  }
}
