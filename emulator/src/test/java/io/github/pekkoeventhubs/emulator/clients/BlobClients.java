// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.rest.Response;
import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.BlockBlobItem;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Official clients and the requests that tests send with them. */
public final class BlobClients {

  private static final RequestRetryOptions NO_RETRY =
      new RequestRetryOptions(RetryPolicyType.FIXED, 1, 30, null, null, null);

  private BlobClients() {}

  /** Clients built with this do not retry, so that tests see each reply. */
  public static BlobServiceClientBuilder builder(String connectionString) {
    return new BlobServiceClientBuilder()
        .connectionString(connectionString)
        .httpClient(new JdkHttpClientBuilder().build())
        .retryOptions(NO_RETRY);
  }

  public static BlobContainerClient container(String connectionString, String name) {
    return builder(connectionString).buildClient().getBlobContainerClient(name);
  }

  public static BlobContainerAsyncClient asyncContainer(String connectionString, String name) {
    return builder(connectionString).buildAsyncClient().getBlobContainerAsyncClient(name);
  }

  /** Puts an empty block blob, as checkpoint stores do. */
  public static Response<BlockBlobItem> put(
      BlobClient blob, Map<String, String> metadata, @Nullable BlobRequestConditions conditions) {
    return blob.getBlockBlobClient()
        .uploadWithResponse(
            new BlockBlobSimpleUploadOptions(BinaryData.fromBytes(new byte[0]))
                .setMetadata(metadata)
                .setRequestConditions(conditions),
            null,
            null);
  }

  public static Response<BlockBlobItem> put(BlobClient blob, Map<String, String> metadata) {
    return put(blob, metadata, null);
  }

  public static Response<BlockBlobItem> create(BlobClient blob, Map<String, String> metadata) {
    return put(blob, metadata, new BlobRequestConditions().setIfNoneMatch("*"));
  }

  public static Response<Void> setMetadata(
      BlobClient blob, Map<String, String> metadata, BlobRequestConditions conditions) {
    return blob.setMetadataWithResponse(metadata, conditions, null, null);
  }

  public static ListBlobsOptions withMetadata(String prefix) {
    return new ListBlobsOptions()
        .setPrefix(prefix)
        .setDetails(new BlobListDetails().setRetrieveMetadata(true));
  }

  public static void assertRefused(Runnable request, int status, BlobErrorCode code) {
    assertThatThrownBy(request::run)
        .isInstanceOfSatisfying(
            BlobStorageException.class,
            refused ->
                assertThat(refused.getStatusCode() + " " + refused.getErrorCode())
                    .isEqualTo(status + " " + code));
  }
}
