// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.util.Base64;

/**
 * The account that the embedded Blob service plays.
 *
 * @param name the account's name, the first segment of every path
 * @param key Base64, as connection strings have it
 */
public record StorageAccount(String name, String key) {

  /**
   * The account of development storage. Its key is public: every storage emulator and many clients
   * know it.
   */
  public static final StorageAccount DEVELOPMENT =
      new StorageAccount(
          "devstoreaccount1",
          "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==");

  /**
   * Checks the two.
   *
   * @throws IllegalArgumentException if the name is not of 3 to 24 lower-case letters and digits or
   *     the key is not Base64; the message does not show the key
   */
  public StorageAccount {
    if (!name.matches("[a-z0-9]{3,24}")) {
      throw new IllegalArgumentException(
          "The account name '" + name + "' must be of 3 to 24 lower-case letters and digits");
    }
    try {
      if (Base64.getDecoder().decode(key).length == 0) {
        throw new IllegalArgumentException();
      }
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException(
          "The key of the account '"
              + name
              + "' is not Base64: give it as a connection string has it");
    }
  }

  @Override
  public String toString() {
    return "StorageAccount[name=" + name + "]";
  }
}
