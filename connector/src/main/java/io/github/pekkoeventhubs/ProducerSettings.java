// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubProducerAsyncClient;
import com.typesafe.config.Config;
import io.github.pekkoeventhubs.accesstoken.CheckedClientBuilder;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a producer. Immutable, and safe for all threads; each {@code withX} returns a
 * changed copy.
 *
 * <p>The defaults are those of {@code pekko.eventhubs.producer} in {@code reference.conf}, which
 * explains each of them. Unknown keys, durations without a unit, and numbers and durations out of
 * bounds are refused when they are read or set ({@link InvalidSettingsException}); a missing
 * connection string or event hub, or a buffer smaller than a batch, fails the stream when it is
 * run.
 */
public final class ProducerSettings extends ConnectionSettings<ProducerSettings> {

  /** The section that {@link #create(ClassicActorSystemProvider)} reads. */
  public static final String CONFIG_PATH = "pekko.eventhubs.producer";

  private @Nullable EventHubProducerAsyncClient client;
  private int maxBatchBytes;
  private int maxBatchEvents;
  private Duration maxWait = Duration.ZERO;
  private int parallelism;
  private long maxBufferedBytes;
  private Duration sendTimeout = Duration.ZERO;
  private int maxRetries;
  private Duration retryMinBackoff = Duration.ZERO;
  private Duration retryMaxBackoff = Duration.ZERO;
  private Duration partitionRefreshInterval = Duration.ZERO;
  private UnansweredSends unanswered = UnansweredSends.RETRY;
  private String producerId = "";
  private @Nullable OversizedEventHandler oversizedEventHandler;

  private ProducerSettings(NamespaceAccess access) {
    super(access);
  }

  /** Settings from {@code pekko.eventhubs.producer} of the system's configuration. */
  public static ProducerSettings create(ClassicActorSystemProvider system) {
    return create(RootSection.section(system, CONFIG_PATH));
  }

  /**
   * Settings from a section of the same layout, usually one that inherits: {@code mine =
   * ${pekko.eventhubs.producer}}.
   */
  public static ProducerSettings create(Config config) {
    SettingsSection section = new SettingsSection("the settings of a producer", config);
    ProducerSettings settings =
        new ProducerSettings(NamespaceAccess.create(section))
            .withMaxBatchBytes(section.bytes("max-batch-bytes"))
            .withMaxBatchEvents(section.number("max-batch-events"))
            .withMaxWait(section.duration("max-wait"))
            .withParallelism(section.number("parallelism"))
            .withMaxBufferedBytes(section.bytes("max-buffered-bytes"))
            .withSendTimeout(section.duration("send-timeout"))
            .withMaxRetries(section.number("max-retries"))
            .withRetryBackoff(
                section.duration("retry-min-backoff"), section.duration("retry-max-backoff"))
            .withPartitionRefreshInterval(section.duration("partition-refresh-interval"))
            .withUnanswered(section.choice("unanswered", UnansweredSends.values()))
            .withProducerId(section.text("producer-id"));
    section.refuseUnknownKeys();
    return settings;
  }

  @Override
  ProducerSettings copy() {
    return (ProducerSettings) cloned();
  }

  @Override
  void accessGiven() {
    client = null;
  }

  /**
   * A client that many sinks and flows may share, with one AMQP connection for all of them. It is
   * the caller's: the connector neither configures nor closes it, and it names the event hub, so
   * that connection string, credential and the customizer do not apply. An event hub name that is
   * not the client's is refused when the stream is run. Build the client without retries of its own
   * ({@code new AmqpRetryOptions().setMaxRetries(0)}), since they multiply with the connector's,
   * and with a try time-out longer than {@code send-timeout}, which ends an attempt. Such a client
   * still repeats by itself what the service has refused with an internal error, also with {@code
   * unanswered = fail}; one of the connector's own does not. A client of the connector's own is
   * replaced when it lets an attempt run into {@code send-timeout}, since its connection may no
   * longer answer although it looks open; this one is kept.
   */
  public ProducerSettings withClient(EventHubProducerAsyncClient value) {
    Objects.requireNonNull(value, "client");
    return changed(
        s -> {
          s.client = value;
          s.access = access.without();
        });
  }

  /**
   * The largest batch in bytes, as encoded, and so the largest event; at least 1. Where the service
   * allows less, that counts.
   */
  public ProducerSettings withMaxBatchBytes(long value) {
    SettingsSection.atLeast("max-batch-bytes", value, 1);
    if (value > Integer.MAX_VALUE) {
      throw new InvalidSettingsException(
          "max-batch-bytes must be less than 2 GiB, and not "
              + value
              + "; the service takes 256 KiB, 1 MiB or 20 MiB, depending on its tier");
    }
    return changed(s -> s.maxBatchBytes = (int) value);
  }

  /** The most events in a batch; at least 1. */
  public ProducerSettings withMaxBatchEvents(int value) {
    return changed(s -> s.maxBatchEvents = SettingsSection.atLeast("max-batch-events", value, 1));
  }

  /** How long a batch that is not full may wait for more events; zero or longer. */
  public ProducerSettings withMaxWait(Duration value) {
    return changed(s -> s.maxWait = SettingsSection.notNegative("max-wait", value));
  }

  /** Batches on their way to the service at a time, over all routes of a stream; at least 1. */
  public ProducerSettings withParallelism(int value) {
    return changed(s -> s.parallelism = SettingsSection.atLeast("parallelism", value, 1));
  }

  /**
   * Bytes of events that a stream may hold, from their arrival until their results have been
   * emitted; no less than {@code max-batch-bytes}.
   */
  public ProducerSettings withMaxBufferedBytes(long value) {
    return changed(
        s -> s.maxBufferedBytes = SettingsSection.atLeast("max-buffered-bytes", value, 1));
  }

  /** The time allowed for one attempt to send a batch; at least 100 ms. */
  public ProducerSettings withSendTimeout(Duration value) {
    return changed(s -> s.sendTimeout = SettingsSection.atLeast("send-timeout", value, 100));
  }

  /** How often an attempt that failed for a passing reason is repeated; zero or more. */
  public ProducerSettings withMaxRetries(int value) {
    return changed(s -> s.maxRetries = SettingsSection.atLeast("max-retries", value, 0));
  }

  /** The bounds of the growing delay before a batch is sent again. */
  public ProducerSettings withRetryBackoff(Duration minimum, Duration maximum) {
    SettingsSection.growing("retry-min-backoff", minimum, "retry-max-backoff", maximum);
    return changed(
        s -> {
          s.retryMinBackoff = minimum;
          s.retryMaxBackoff = maximum;
        });
  }

  /**
   * The treatment of a batch with a partition key or a partition when it is not known whether the
   * service has stored it.
   */
  public ProducerSettings withUnanswered(UnansweredSends value) {
    Objects.requireNonNull(value, "unanswered");
    return changed(s -> s.unanswered = value);
  }

  /**
   * An id under which events with a partition key or a partition are numbered, so that readers can
   * drop what they have seen ({@link ProducerNumber}, {@code RepeatedEvents}). At any time at most
   * one running stream may use an id for one event hub. An event that the application has numbered
   * keeps its number, and a received event loses the one that it came with. The numbers of a later
   * run are greater, as long as the clock does not go back further than the time between the runs.
   * Empty for no numbers.
   */
  public ProducerSettings withProducerId(String value) {
    Objects.requireNonNull(value, "producer-id");
    return changed(s -> s.producerId = value.trim());
  }

  /**
   * How often a stream that sends events with partition keys asks for the partitions of the event
   * hub, so that new ones get their share of the keys; longer than zero.
   */
  public ProducerSettings withPartitionRefreshInterval(Duration value) {
    SettingsSection.positive("partition-refresh-interval", value);
    return changed(s -> s.partitionRefreshInterval = value);
  }

  /**
   * The handler of events that are larger than a batch. Without a handler the stream fails with
   * {@link EventTooLargeException}.
   */
  public ProducerSettings withOversizedEventHandler(OversizedEventHandler value) {
    Objects.requireNonNull(value, "oversizedEventHandler");
    return changed(s -> s.oversizedEventHandler = value);
  }

  /** The shared client, if there is one. */
  public Optional<EventHubProducerAsyncClient> client() {
    return Optional.ofNullable(client);
  }

  /** The largest batch in bytes. */
  public int maxBatchBytes() {
    return maxBatchBytes;
  }

  /** The most events in a batch. */
  public int maxBatchEvents() {
    return maxBatchEvents;
  }

  /** How long a batch that is not full may wait for more events. */
  public Duration maxWait() {
    return maxWait;
  }

  /** Batches on their way at a time. */
  public int parallelism() {
    return parallelism;
  }

  /** Bytes of events that a stream may hold. */
  public long maxBufferedBytes() {
    return maxBufferedBytes;
  }

  /** The time allowed for one attempt to send a batch. */
  public Duration sendTimeout() {
    return sendTimeout;
  }

  /** How often a failed attempt is repeated. */
  public int maxRetries() {
    return maxRetries;
  }

  /** The shortest delay before a batch is sent again. */
  public Duration retryMinBackoff() {
    return retryMinBackoff;
  }

  /** The longest delay before a batch is sent again. */
  public Duration retryMaxBackoff() {
    return retryMaxBackoff;
  }

  /** The treatment of a batch of which it is not known whether it is stored. */
  public UnansweredSends unanswered() {
    return unanswered;
  }

  /** The id under which events are numbered, if they are. */
  public Optional<String> producerId() {
    return producerId.isEmpty() ? Optional.empty() : Optional.of(producerId);
  }

  /** How often the partitions of the event hub are asked for. */
  public Duration partitionRefreshInterval() {
    return partitionRefreshInterval;
  }

  /** The handler of events that are larger than a batch, if there is one. */
  public Optional<OversizedEventHandler> oversizedEventHandler() {
    return Optional.ofNullable(oversizedEventHandler);
  }

  /**
   * Checks that the settings are complete and fit together.
   *
   * @throws InvalidSettingsException with what is missing or does not fit together
   */
  @InternalApi
  public ProducerSettings validated() {
    if (maxBufferedBytes < maxBatchBytes) {
      throw new InvalidSettingsException(
          "max-buffered-bytes ("
              + maxBufferedBytes
              + ") must not be less than max-batch-bytes ("
              + maxBatchBytes
              + "), or no batch would ever be full");
    }
    if (client != null) {
      refuseAnotherEventHub(client.getEventHubName());
    } else {
      if (!access.isGiven()) {
        throw new InvalidSettingsException(
            "There is no access to Event Hubs: set connection-string, or use withCredential or"
                + " withClient");
      }
      access.requireEventHub();
    }
    return this;
  }

  private void refuseAnotherEventHub(String ofClient) {
    String name = eventHubName();
    if (!name.isBlank() && !name.equalsIgnoreCase(ofClient)) {
      throw new InvalidSettingsException(
          "event-hub-name is '"
              + name
              + "', and the client given to withClient sends to event hub '"
              + ofClient
              + "': leave the name out or name the same event hub, or give a client for '"
              + name
              + "', or withConnectionString or withCredential instead of it");
    }
  }

  /**
   * A new client for these settings, to be closed by the caller. The SDK repeats no call: its
   * retries are nested in each other, so that two of them 100 ms apart take a minute against a busy
   * service. Within the time-out it still connects again every two seconds.
   *
   * @param traced whether the SDK may trace what the client does
   */
  @InternalApi
  public EventHubProducerAsyncClient buildClient(boolean traced) {
    EventHubClientBuilder builder =
        new CheckedClientBuilder().retryOptions(new SingleAttemptOptions(sendTimeout));
    if (!traced) {
      untraced(builder);
    }
    return built(customized(connected(builder))::buildAsyncProducerClient);
  }

  /** Every value but the secrets. */
  @Override
  public String toString() {
    return described(client == null ? access.toString() : "shared client")
        .add("maxBatchBytes=" + maxBatchBytes)
        .add("maxBatchEvents=" + maxBatchEvents)
        .add("maxWait=" + maxWait)
        .add("parallelism=" + parallelism)
        .add("maxBufferedBytes=" + maxBufferedBytes)
        .add("sendTimeout=" + sendTimeout)
        .add("maxRetries=" + maxRetries)
        .add("retryMinBackoff=" + retryMinBackoff)
        .add("retryMaxBackoff=" + retryMaxBackoff)
        .add("partitionRefreshInterval=" + partitionRefreshInterval)
        .add("unanswered=" + unanswered)
        .add("producerId=" + producerId)
        .add("oversizedEventHandler=" + givenOrNone(oversizedEventHandler != null))
        .toString();
  }
}
