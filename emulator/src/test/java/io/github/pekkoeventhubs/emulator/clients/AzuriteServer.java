// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.clients;

import io.github.pekkoeventhubs.emulator.blob.StorageAccount;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Azurite, Microsoft's emulator of storage, in its own process: what the embedded service is
 * compared with. It keeps everything in memory and is killed when it is closed. The calling test is
 * skipped where Node.js is missing.
 */
public final class AzuriteServer implements AutoCloseable {

  private final NodeServer process;

  private AzuriteServer(NodeServer process) {
    this.process = process;
  }

  /** Starts it on a free port; it answers when this returns. */
  public static AzuriteServer start() {
    return new AzuriteServer(
        NodeTools.startServer(
            "azurite/dist/src/blob/main.js",
            Pattern.compile("listens on (http://\\S+)"),
            Duration.ofSeconds(60),
            "--blobHost",
            "127.0.0.1",
            "--blobPort",
            "0",
            "--inMemoryPersistence",
            "--silent",
            "--disableTelemetry",
            // The SDK asks for newer versions of the protocol than Azurite knows.
            "--skipApiVersionCheck"));
  }

  /** The URL of the development account. */
  public String endpoint() {
    return process.ready().group(1) + "/" + StorageAccount.DEVELOPMENT.name();
  }

  /** For the development account. */
  public String connectionString() {
    return "DefaultEndpointsProtocol=http;AccountName="
        + StorageAccount.DEVELOPMENT.name()
        + ";AccountKey="
        + StorageAccount.DEVELOPMENT.key()
        + ";BlobEndpoint="
        + endpoint()
        + ";";
  }

  @Override
  public void close() {
    process.close();
  }
}
