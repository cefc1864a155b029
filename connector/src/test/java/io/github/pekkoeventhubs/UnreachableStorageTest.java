// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.typesafe.config.ConfigFactory;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A storage account that cannot be reached is named with its host, its port and the reason. */
class UnreachableStorageTest {

  private static Throwable listing(String hostAndPort) {
    BlobPartitionStore store =
        BlobPartitionStore.fromConfig(
            ConfigFactory.parseString(
                    "connection-string = \"DefaultEndpointsProtocol=http;AccountName=account;"
                        + "AccountKey=c2VjcmV0;BlobEndpoint=http://"
                        + hostAndPort
                        + "/account\"\ncontainer = positions\n")
                .withFallback(
                    ConfigFactory.defaultReference()
                        .getConfig("pekko.eventhubs.partition-store.blob")));
    return Objects.requireNonNull(
        catchThrowable(
                () ->
                    store
                        .listOwnerships("ns", "orders", "billing")
                        .toCompletableFuture()
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join())
            .getCause());
  }

  @Test
  void aPortOnWhichNobodyListens() {
    // A port that a test has closed may be given to another process.
    assertThat(listing("127.0.0.1:1"))
        .isInstanceOf(PartitionStoreException.class)
        .hasMessageContaining("container 'positions' of storage account 'account'")
        .hasMessageContaining("the storage service at 127.0.0.1:1 could not be reached")
        .hasMessageContaining("connection refused");
  }

  @Test
  void aHostWhoseNameIsUnknown() {
    assertThat(listing("no-such-account.invalid"))
        .isInstanceOf(PartitionStoreException.class)
        .hasMessageContaining("the storage service at no-such-account.invalid:80")
        .hasMessageContaining("unknown host");
  }
}
