// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

/** The members of the cluster under the names with which they sign claims. Any thread. */
interface MembersView {

  /** This node. */
  String self();

  /** Returns the members that are known now. */
  ClaimPolicy.Members members();
}
