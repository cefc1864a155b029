// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.core.credential.TokenCredential;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The access to an event hub: a connection string, or a namespace and a credential for it; each
 * replaces the other. Immutable; its text form shows no secret.
 */
final class NamespaceAccess {

  private final String connectionString;
  private final String fullyQualifiedNamespace;
  private final @Nullable TokenCredential credential;
  private final String eventHubName;

  private NamespaceAccess(
      String connectionString,
      String fullyQualifiedNamespace,
      @Nullable TokenCredential credential,
      String eventHubName) {
    this.connectionString = connectionString;
    this.fullyQualifiedNamespace = fullyQualifiedNamespace;
    this.credential = credential;
    this.eventHubName = eventHubName;
  }

  /** From {@code connection-string} and {@code event-hub-name}, either of which may be empty. */
  static NamespaceAccess create(SettingsSection section) {
    return new NamespaceAccess(
        section.text("connection-string"), "", null, section.text("event-hub-name"));
  }

  NamespaceAccess withConnectionString(String value) {
    Objects.requireNonNull(value, "connection-string");
    return new NamespaceAccess(value, "", null, eventHubName);
  }

  NamespaceAccess withCredential(String namespace, TokenCredential tokenCredential) {
    Objects.requireNonNull(namespace, "fullyQualifiedNamespace");
    Objects.requireNonNull(tokenCredential, "credential");
    return new NamespaceAccess("", namespace, tokenCredential, eventHubName);
  }

  NamespaceAccess withEventHubName(String value) {
    Objects.requireNonNull(value, "event-hub-name");
    return new NamespaceAccess(connectionString, fullyQualifiedNamespace, credential, value);
  }

  /** The event hub alone, which is reached in another way. */
  NamespaceAccess without() {
    return new NamespaceAccess("", "", null, eventHubName);
  }

  String connectionString() {
    return connectionString;
  }

  String fullyQualifiedNamespace() {
    return fullyQualifiedNamespace;
  }

  Optional<TokenCredential> credential() {
    return Optional.ofNullable(credential);
  }

  String eventHubName() {
    return eventHubName;
  }

  /** Whether there is a connection string or a credential. */
  boolean isGiven() {
    return !connectionString.isEmpty() || credential != null;
  }

  /** Whether the event hub is named, here or in the connection string. */
  boolean namesEventHub() {
    return !eventHubName.isEmpty() || connectionString.contains("EntityPath=");
  }

  @Override
  public String toString() {
    if (!connectionString.isEmpty()) {
      return "connection string";
    }
    return fullyQualifiedNamespace.isEmpty() ? "none" : fullyQualifiedNamespace;
  }
}
