// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import org.apache.pekko.annotation.InternalApi;

/** The reasons why the blob service does not do what it is asked, by the action that they need. */
@InternalApi
public enum BlobProblem {
  /** The service has too much to do. */
  THROTTLED(true),
  /** The service has failed inside. */
  FAILING(true),
  /** The service could not be reached, or has not answered in time. */
  SILENT(true),
  /** There is no access token now. */
  NO_TOKEN(true),
  /** A failure that nothing here explains. It is tried again. */
  UNKNOWN(true),
  /** The identity provider has refused the credential. */
  TOKEN_REFUSED(false),
  /** The container does not exist: create it, or correct its name. */
  NO_CONTAINER(false),
  /** The container was disabled by an administrator. */
  CONTAINER_DISABLED(false),
  /** The container cannot have this name. */
  INVALID_NAME(false),
  /** The service does not accept the credentials, or they do not allow this request. */
  NOT_AUTHORIZED(false),
  /** The account takes no account keys. */
  KEYS_NOT_PERMITTED(false),
  /** The account takes no requests from this network. */
  WRONG_NETWORK(false),
  /** The account is disabled. */
  ACCOUNT_DISABLED(false),
  /** Somebody holds a lease on the blob or the container. */
  LEASED(false),
  /** A policy or a legal hold keeps the blob from being changed. */
  IMMUTABLE(false),
  /** A directory has the name of the blob, or the blob has that of a directory. */
  NAME_TAKEN(false),
  /** There is a blob of another type. */
  WRONG_BLOB_TYPE(false),
  /** The blob is in the archive. */
  ARCHIVED(false),
  /** The service does not know a header, above all the version that is asked for. */
  UNKNOWN_VERSION(false),
  /** Something that is not the blob service has answered. */
  NOT_THE_SERVICE(false),
  /** The service, or the SDK before it, does not accept the request as it is. */
  NOT_ACCEPTED(false);

  private final boolean mayPass;

  BlobProblem(boolean mayPass) {
    this.mayPass = mayPass;
  }

  /** Whether the same request may succeed later. */
  public boolean mayPass() {
    return mayPass;
  }
}
