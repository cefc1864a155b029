// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

/** Names of consumer groups. */
final class Groups {

  /** The one that every event hub has. */
  static final String DEFAULT = "$Default";

  private Groups() {}
}
