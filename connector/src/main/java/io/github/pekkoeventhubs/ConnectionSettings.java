// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.core.credential.TokenCredential;
import com.azure.core.util.ClientOptions;
import com.azure.core.util.TracingOptions;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.pekko.annotation.InternalApi;

/**
 * The settings of the connection to an event hub, which consumers and producers have in common.
 * Immutable, and safe for all threads; each {@code withX} returns a changed copy. The text form
 * shows no secret. A connection string that cannot be used fails the stream with an {@link
 * InvalidSettingsException}, which does not show it.
 *
 * @param <S> the settings themselves, {@link ConsumerSettings} or {@link ProducerSettings}
 */
public abstract sealed class ConnectionSettings<S extends ConnectionSettings<S>>
    implements Cloneable permits ConsumerSettings, ProducerSettings {

  private static final UnaryOperator<EventHubClientBuilder> AS_CONFIGURED =
      UnaryOperator.identity();

  NamespaceAccess access;
  UnaryOperator<EventHubClientBuilder> clientCustomizer = AS_CONFIGURED;

  ConnectionSettings(NamespaceAccess access) {
    this.access = access;
  }

  /** A copy of all values, to be changed before anybody else sees it. */
  abstract S copy();

  /** Access was given: it replaces any other kind of access. */
  void accessGiven() {}

  final S changed(Consumer<S> change) {
    S copy = copy();
    change.accept(copy);
    return copy;
  }

  /** Copies every field, so that none can be forgotten. */
  final Object cloned() {
    try {
      return super.clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("the class is cloneable", e);
    }
  }

  private S withAccess(NamespaceAccess given) {
    return changed(
        s -> {
          s.access = given;
          s.accessGiven();
        });
  }

  /**
   * The namespace and its key: {@code Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…},
   * with or without {@code EntityPath}. Replaces a credential, and a producer's client.
   */
  public final S withConnectionString(String value) {
    return withAccess(access.withConnectionString(value));
  }

  /**
   * The namespace ({@code my-namespace.servicebus.windows.net}) and a credential for it. Replaces a
   * connection string, and a producer's client.
   */
  public final S withCredential(String namespace, TokenCredential tokenCredential) {
    return withAccess(access.withCredential(namespace, tokenCredential));
  }

  /** The event hub. */
  public final S withEventHubName(String value) {
    return changed(s -> s.access = access.withEventHubName(value));
  }

  /**
   * Called with the client builder of each connection after the connector has configured it, on the
   * thread that starts the stream. A consumer sets the prefetch afterwards, per link. An exception
   * that it throws fails the stream, as the cause of an {@link InvalidSettingsException}.
   */
  public final S withClientCustomizer(UnaryOperator<EventHubClientBuilder> value) {
    Objects.requireNonNull(value, "clientCustomizer");
    return changed(s -> s.clientCustomizer = value);
  }

  /** The connection string; a secret. Empty with a credential or a client. */
  public final String connectionString() {
    return access.connectionString();
  }

  /** The namespace that belongs to the credential. Empty with a connection string or a client. */
  public final String fullyQualifiedNamespace() {
    return access.fullyQualifiedNamespace();
  }

  /** The credential, if there is one. */
  public final Optional<TokenCredential> credential() {
    return access.credential();
  }

  /** The event hub; empty where the connection string or the client names it. */
  public final String eventHubName() {
    return access.eventHubName();
  }

  /** The event hub, also where the connection string names it; empty where the client does. */
  @InternalApi
  public final String namedEventHub() {
    return access.namedEventHub();
  }

  /** The namespace, also where the connection string names it; empty where the client does. */
  @InternalApi
  public final String namedNamespace() {
    return access.namedNamespace();
  }

  /** The function that each client builder is passed through. */
  public final UnaryOperator<EventHubClientBuilder> clientCustomizer() {
    return clientCustomizer;
  }

  /** Whether the application changes the SDK's clients. */
  @InternalApi
  public final boolean isClientCustomized() {
    return clientCustomizer != AS_CONFIGURED;
  }

  /**
   * Tells a builder how to reach the event hub.
   *
   * @throws InvalidSettingsException if the settings do not say that, or in a way that cannot be
   *     read; never with a secret
   */
  @InternalApi
  public final EventHubClientBuilder connected(EventHubClientBuilder builder) {
    access.connect(builder);
    return builder;
  }

  /** Tells a builder that the SDK is to trace nothing. */
  @InternalApi
  public static EventHubClientBuilder untraced(EventHubClientBuilder builder) {
    return builder.clientOptions(
        new ClientOptions().setTracingOptions(new TracingOptions().setEnabled(false)));
  }

  /**
   * Passes a configured builder through the application's function.
   *
   * @throws InvalidSettingsException if the function fails, with its failure as the cause
   */
  @InternalApi
  public final EventHubClientBuilder customized(EventHubClientBuilder builder) {
    try {
      return Objects.requireNonNull(clientCustomizer.apply(builder), "no builder");
    } catch (RuntimeException e) {
      throw new InvalidSettingsException(
          "the function given to withClientCustomizer has failed: " + e, e);
    }
  }

  /**
   * Builds a client. The SDK checks what it was given when it does.
   *
   * @throws InvalidSettingsException if the SDK refuses, with its failure as the cause
   */
  @InternalApi
  public final <C> C built(Supplier<C> client) {
    try {
      return client.get();
    } catch (RuntimeException e) {
      throw new InvalidSettingsException(
          "the client for event hub '"
              + namedEventHub()
              + "' cannot be built: "
              + StageFailure.messageOf(e),
          e);
    }
  }

  /** The beginning of the text form; the settings add theirs. */
  final StringJoiner described(String reachedBy) {
    return new StringJoiner(", ", getClass().getSimpleName() + "(", ")")
        .add("access=" + reachedBy)
        .add("eventHubName=" + access.eventHubName())
        .add("clientCustomizer=" + givenOrNone(isClientCustomized()));
  }

  static String givenOrNone(boolean given) {
    return given ? "given" : "none";
  }
}
