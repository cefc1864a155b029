// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.accesstoken;

import com.azure.core.credential.TokenCredential;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import org.apache.pekko.annotation.InternalApi;

/**
 * The SDK's builder, whose clients are told of a credential's failures as such, also of a
 * credential that the application's customizer gives.
 */
@InternalApi
public final class CheckedClientBuilder extends EventHubClientBuilder {

  /** A builder that knows no namespace yet. */
  public CheckedClientBuilder() {}

  @Override
  public EventHubClientBuilder credential(
      String fullyQualifiedNamespace, String eventHubName, TokenCredential credential) {
    return super.credential(
        fullyQualifiedNamespace, eventHubName, CheckedCredential.of(credential));
  }

  @Override
  public EventHubClientBuilder credential(TokenCredential credential) {
    return super.credential(CheckedCredential.of(credential));
  }
}
