// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.core.credential.TokenCredential;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.BlobServiceVersion;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import com.typesafe.config.Config;
import io.github.pekkoeventhubs.accesstoken.SharedAccessToken;
import io.github.pekkoeventhubs.blob.BlobHttpClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.jspecify.annotations.Nullable;

/** The section {@value #CONFIG_PATH}, and the container client it describes. */
final class BlobStoreSettings {

  static final String CONFIG_PATH = "pekko.eventhubs.partition-store.blob";
  static final long SHORTEST_MILLIS = 50;

  /** For all storage accounts; an account that wants another one says so in its first answer. */
  static final String TOKEN_SCOPE = "https://storage.azure.com/.default";

  private static final Pattern CONTAINER_NAME =
      Pattern.compile("[a-z0-9](-?[a-z0-9]){2,62}|[$]root");

  private final Optional<String> connectionString;
  private final Optional<String> accountUrl;
  private final String container;
  private final Optional<BlobServiceVersion> serviceVersion;
  private final Duration requestTimeout;
  private final Duration tokenTimeout;
  private final boolean traceRequests;

  private BlobStoreSettings(SettingsSection section) {
    this.connectionString = section.optionalText("connection-string");
    this.accountUrl = section.optionalText("account-url");
    this.container =
        section
            .optionalText("container")
            .orElseThrow(
                () ->
                    new InvalidSettingsException(
                        key("container") + " is empty: name the blob container"));
    if (container.length() > 63 || !CONTAINER_NAME.matcher(container).matches()) {
      throw new InvalidSettingsException(
          key("container")
              + " '"
              + container
              + "' cannot be the name of a container: it must have 3 to 63 lower-case letters, digits"
              + " and single hyphens, and begin and end with a letter or a digit");
    }
    this.serviceVersion = section.optionalText("service-version").map(BlobStoreSettings::version);
    this.requestTimeout =
        SettingsSection.atLeast(
            key("request-timeout"), section.duration("request-timeout"), SHORTEST_MILLIS);
    this.tokenTimeout =
        SettingsSection.atLeast(
            key("token-timeout"), section.duration("token-timeout"), SHORTEST_MILLIS);
    this.traceRequests = section.flag("trace-requests");
    section.refuseUnknownKeys();
    if (connectionString.isPresent() == accountUrl.isPresent()) {
      throw new InvalidSettingsException(
          "set one of "
              + key("connection-string")
              + " and "
              + key("account-url")
              + (accountUrl.isPresent() ? ", and not both" : ""));
    }
  }

  static BlobStoreSettings read(ClassicActorSystemProvider system) {
    return read(RootSection.section(system, CONFIG_PATH));
  }

  static BlobStoreSettings read(Config section) {
    return new BlobStoreSettings(
        new SettingsSection("the settings of the blob partition store", CONFIG_PATH, section));
  }

  Duration requestTimeout() {
    return requestTimeout;
  }

  /** Whether the SDK may trace each request. */
  boolean traceRequests() {
    return traceRequests;
  }

  /** The tokens of a credential, as one step for all requests. */
  SharedAccessToken token(TokenCredential credential) {
    return new SharedAccessToken(credential, TOKEN_SCOPE, tokenTimeout);
  }

  BlobContainerAsyncClient container(@Nullable TokenCredential credential) {
    BlobContainerClientBuilder builder =
        new BlobContainerClientBuilder()
            .httpClient(BlobHttpClient.instance())
            .retryOptions(oneAttempt());
    serviceVersion.ifPresent(builder::serviceVersion);
    if (accountUrl.isPresent()) {
      return client(withEndpoint(builder, accountUrl.get(), credential), "account-url");
    }
    if (credential != null) {
      throw new InvalidSettingsException(
          key("account-url")
              + " is missing: a token credential goes with it and not with "
              + key("connection-string"));
    }
    try {
      builder.connectionString(connectionString.orElseThrow());
    } catch (IllegalArgumentException e) {
      throw malformed("connection-string");
    }
    return client(builder, "connection-string");
  }

  private static BlobContainerClientBuilder withEndpoint(
      BlobContainerClientBuilder builder, String url, @Nullable TokenCredential credential) {
    try {
      builder.endpoint(url);
    } catch (IllegalArgumentException e) {
      throw malformed("account-url");
    }
    if (credential != null) {
      return builder.credential(credential);
    }
    if (!url.contains("sig=")) {
      throw new InvalidSettingsException(
          key("account-url")
              + " needs a credential: use BlobPartitionStore.fromConfig(system, tokenCredential), or"
              + " append a shared access signature to the URL");
    }
    return builder;
  }

  private BlobContainerAsyncClient client(BlobContainerClientBuilder builder, String key) {
    try {
      // Last: an endpoint without a container in its path would reset the name.
      return builder.containerName(container).buildAsyncClient();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw malformed(key);
    }
  }

  /** Without the SDK's exception as a cause: it may quote the secret. */
  private static InvalidSettingsException malformed(String key) {
    return new InvalidSettingsException(
        key(key)
            + " is malformed (its value is not shown since it may hold a secret): copy it from the"
            + " storage account's page, "
            + (key.equals("account-url")
                ? "as https://<account>.blob.core.windows.net"
                : "as DefaultEndpointsProtocol=https;AccountName=..;AccountKey=..;EndpointSuffix=.."));
  }

  private static RequestRetryOptions oneAttempt() {
    return new RequestRetryOptions(RetryPolicyType.FIXED, 1, (Integer) null, null, null, null);
  }

  private static BlobServiceVersion version(String text) {
    return Arrays.stream(BlobServiceVersion.values())
        .filter(version -> version.getVersion().equals(text))
        .findAny()
        .orElseThrow(
            () ->
                new InvalidSettingsException(
                    key("service-version")
                        + " must be one that the storage SDK knows, up to "
                        + BlobServiceVersion.getLatest().getVersion()
                        + ", and not '"
                        + text
                        + "'"));
  }

  private static String key(String name) {
    return CONFIG_PATH + "." + name;
  }

  @Override
  public String toString() {
    return "BlobStoreSettings(container " + container + ")";
  }
}
