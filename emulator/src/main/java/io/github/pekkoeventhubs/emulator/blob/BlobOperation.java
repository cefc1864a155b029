// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

/** The operation that a request asks of the embedded Blob service. */
public enum BlobOperation {
  /** Lists the containers of the account. */
  LIST_CONTAINERS,
  /** Creates a container. */
  CREATE_CONTAINER,
  /** Reads the properties of a container; this is how the SDK asks whether it exists. */
  GET_CONTAINER,
  /** Deletes a container with all its blobs. */
  DELETE_CONTAINER,
  /** Lists one page of a container's blobs. */
  LIST_BLOBS,
  /** Creates or replaces a block blob. */
  PUT_BLOB,
  /** Replaces the metadata of a blob. */
  SET_METADATA,
  /** Reads a blob's properties and metadata (HEAD). */
  GET_PROPERTIES,
  /** Reads a blob's content. */
  GET_BLOB,
  /** Deletes a blob. */
  DELETE_BLOB,
  /** Anything else: the service answers 501. */
  UNSUPPORTED;

  static BlobOperation of(String method, BlobAddress address) {
    return switch (address.target()) {
      case ACCOUNT -> ofAccount(method, address);
      case CONTAINER -> ofContainer(method, address);
      case BLOB -> ofBlob(method, address);
    };
  }

  private static BlobOperation ofAccount(String method, BlobAddress address) {
    return method.equals("GET") && address.comp().equals("list") ? LIST_CONTAINERS : UNSUPPORTED;
  }

  private static BlobOperation ofContainer(String method, BlobAddress address) {
    if (!address.parameter("restype").equals("container")) {
      return UNSUPPORTED;
    }
    return switch (address.comp()) {
      case "list" -> method.equals("GET") ? LIST_BLOBS : UNSUPPORTED;
      case "" ->
          switch (method) {
            case "PUT" -> CREATE_CONTAINER;
            case "GET", "HEAD" -> GET_CONTAINER;
            case "DELETE" -> DELETE_CONTAINER;
            default -> UNSUPPORTED;
          };
      default -> UNSUPPORTED;
    };
  }

  private static BlobOperation ofBlob(String method, BlobAddress address) {
    return switch (address.comp()) {
      case "metadata" ->
          switch (method) {
            case "PUT" -> SET_METADATA;
            case "GET", "HEAD" -> GET_PROPERTIES;
            default -> UNSUPPORTED;
          };
      case "" ->
          switch (method) {
            case "PUT" -> PUT_BLOB;
            case "HEAD" -> GET_PROPERTIES;
            case "GET" -> GET_BLOB;
            case "DELETE" -> DELETE_BLOB;
            default -> UNSUPPORTED;
          };
      default -> UNSUPPORTED;
    };
  }
}
