// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.io.Serial;

/**
 * A request that the service refuses, with the status and error code that Blob Storage gives it.
 */
final class StorageError extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  StorageError(int status, String code, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  /** The message; a storage error always has one. */
  String text() {
    return String.valueOf(getMessage());
  }

  static StorageError containerNotFound() {
    return new StorageError(404, "ContainerNotFound", "The specified container does not exist.");
  }

  static StorageError containerAlreadyExists() {
    return new StorageError(
        409, "ContainerAlreadyExists", "The specified container already exists.");
  }

  static StorageError blobNotFound() {
    return new StorageError(404, "BlobNotFound", "The specified blob does not exist.");
  }

  static StorageError blobAlreadyExists() {
    return new StorageError(409, "BlobAlreadyExists", "The specified blob already exists.");
  }

  static StorageError conditionNotMet() {
    return new StorageError(
        412,
        "ConditionNotMet",
        "The condition specified using HTTP conditional header(s) is not met.");
  }

  static StorageError notModified() {
    return new StorageError(304, "ConditionNotMet", "The blob has not changed.");
  }

  static StorageError unsatisfiableCondition() {
    return new StorageError(
        400,
        "UnsatisfiableCondition",
        "The request includes an unsatisfiable condition for this operation.");
  }

  static StorageError multipleConditions() {
    return new StorageError(
        400,
        "MultipleConditionHeadersNotSupported",
        "Multiple condition headers are not supported.");
  }

  static StorageError invalidUri() {
    return new StorageError(
        400, "InvalidUri", "The requested URI does not represent any resource on the server.");
  }

  static StorageError invalidResourceName() {
    return new StorageError(
        400,
        "InvalidResourceName",
        "The specified resource name contains invalid characters: use lower-case letters, digits and"
            + " single hyphens.");
  }

  static StorageError nameOutOfRange() {
    return new StorageError(
        400,
        "OutOfRangeInput",
        "The specified resource name length is not within the permissible limits.");
  }

  static StorageError invalidHeader(String name, String value) {
    return new StorageError(
        400,
        "InvalidHeaderValue",
        "The value '" + value + "' of the header " + name + " is invalid.");
  }

  static StorageError invalidQueryParameter(String name, String value) {
    return new StorageError(
        400,
        "InvalidQueryParameterValue",
        "The value '" + value + "' of the query parameter " + name + " is invalid.");
  }

  static StorageError outOfRangeQueryParameter(String name, String value) {
    return new StorageError(
        400,
        "OutOfRangeQueryParameterValue",
        "The value '" + value + "' of the query parameter " + name + " is out of range.");
  }

  static StorageError invalidMetadata() {
    return new StorageError(
        400,
        "InvalidMetadata",
        "The metadata specified is invalid. It has characters that are not permitted.");
  }

  static StorageError metadataTooLarge() {
    return new StorageError(
        400,
        "MetadataTooLarge",
        "The size of the specified metadata exceeds the maximum of 8 KiB.");
  }

  static StorageError invalidRange() {
    return new StorageError(
        416,
        "InvalidRange",
        "The range specified is invalid for the current size of the resource.");
  }

  static StorageError noAuthentication() {
    return new StorageError(
        401,
        "NoAuthenticationInformation",
        "Server failed to authenticate the request. It has no Authorization header; use the"
            + " emulator's connection string.");
  }

  static StorageError authenticationFailed(String reason) {
    return new StorageError(
        403, "AuthenticationFailed", "Server failed to authenticate the request. " + reason);
  }

  static StorageError notImplemented(String request) {
    return new StorageError(
        501, "NotImplemented", "The embedded Blob service does not know the request " + request);
  }

  static StorageError internal() {
    return new StorageError(
        500, "InternalError", "The embedded Blob service failed; its log says why.");
  }
}
