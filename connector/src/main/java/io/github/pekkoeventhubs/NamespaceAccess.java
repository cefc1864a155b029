// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.core.credential.TokenCredential;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The access to an event hub: a connection string, or a namespace and a credential for it; each
 * replaces the other. Immutable; its text form shows no secret.
 */
final class NamespaceAccess {

  private static final String FORM =
      "Endpoint=sb://<namespace>/;SharedAccessKeyName=<name>;SharedAccessKey=<key>";

  private static final Pattern ENTITY_PATH =
      Pattern.compile("(?i)(?:^|;)\\s*EntityPath\\s*=([^;]+)");

  private static final Pattern ENDPOINT =
      Pattern.compile("(?i)(?:^|;)\\s*Endpoint\\s*=\\s*(?:\\w+://)?([^;/]+)");

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

  /** The event hub as it is named here or in the connection string; empty where neither does. */
  String namedEventHub() {
    return eventHubName.isBlank() ? entityPath().orElse("") : eventHubName;
  }

  /** The namespace that the access is for, with its port if it is given; empty where none is. */
  String namedNamespace() {
    Matcher found = ENDPOINT.matcher(connectionString);
    return found.find() ? found.group(1).trim() : fullyQualifiedNamespace;
  }

  /** Whether there is a connection string or a credential. */
  boolean isGiven() {
    return !connectionString.isBlank() || credential != null;
  }

  /**
   * Checks that the event hub is named, here or in the connection string.
   *
   * @throws InvalidSettingsException if it is not
   */
  void requireEventHub() {
    if (namedEventHub().isEmpty()) {
      throw new InvalidSettingsException(
          "event-hub-name is missing: set it, or end the connection string with"
              + " ';EntityPath=<event hub>'");
    }
  }

  /**
   * Tells a builder how to reach the event hub.
   *
   * @throws InvalidSettingsException if that is not said, or in a way that cannot be read
   */
  void connect(EventHubClientBuilder builder) {
    if (credential != null) {
      requireEventHub();
      builder.credential(fullyQualifiedNamespace, eventHubName, credential);
      return;
    }
    if (connectionString.isBlank()) {
      throw new InvalidSettingsException(
          "connection-string is missing: set it to '" + FORM + "', or use withCredential");
    }
    Optional<String> entityPath = entityPath();
    requireEventHub();
    if (entityPath.isPresent()
        && !eventHubName.isBlank()
        && !eventHubName.equals(entityPath.get())) {
      throw new InvalidSettingsException(
          "event-hub-name is '"
              + eventHubName
              + "', and the EntityPath of connection-string is '"
              + entityPath.get()
              + "': name the same event hub in both, or leave one of them out");
    }
    try {
      if (eventHubName.isBlank()) {
        builder.connectionString(connectionString);
      } else {
        builder.connectionString(connectionString, eventHubName);
      }
    } catch (RuntimeException e) {
      // Without the SDK's exception: it may quote the connection string, and with it the key.
      throw new InvalidSettingsException(
          "connection-string is malformed (it is not shown, since it holds a key): it must"
              + " have the form '"
              + FORM
              + "'");
    }
  }

  private Optional<String> entityPath() {
    Matcher found = ENTITY_PATH.matcher(connectionString);
    return found.find()
        ? Optional.of(found.group(1).trim()).filter(path -> !path.isEmpty())
        : Optional.empty();
  }

  @Override
  public String toString() {
    if (!connectionString.isEmpty()) {
      return "connection string";
    }
    return fullyQualifiedNamespace.isEmpty() ? "none" : fullyQualifiedNamespace;
  }
}
