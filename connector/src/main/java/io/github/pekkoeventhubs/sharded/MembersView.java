// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/** The members of the cluster under the names with which they sign claims. Any thread. */
interface MembersView {

  /** This node. */
  String self();

  /** The identity of the cluster; empty until it is known. */
  Optional<String> clusterId();

  /** Completes when the identity of the cluster is known. Never fails. */
  CompletionStage<Done> identified();

  /** Returns the members that are known now. */
  ClaimPolicy.Members members();
}
