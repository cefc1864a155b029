// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

/** Names of consumer groups. */
final class Groups {

  /** The one that every event hub has. */
  static final String DEFAULT = "$Default";

  private Groups() {}

  /** Says that the container holds no record of the group: it is new, or its name is mistyped. */
  static String unknown(String group, String container) {
    return "consumer group '"
        + group
        + "' has nothing in container '"
        + container
        + "' yet: make sure that its name is right";
  }
}
