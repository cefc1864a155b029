// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import java.util.Optional;

/** The members of the cluster under the names with which they sign claims. Any thread. */
interface MembersView {

  /** This node. */
  String self();

  /** The identity of the cluster; empty until it is known. */
  Optional<String> clusterId();

  /** Returns the members that are known now. */
  ClaimPolicy.Members members();
}
