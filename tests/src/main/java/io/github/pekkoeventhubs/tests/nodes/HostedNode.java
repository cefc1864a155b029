// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/** A node that a {@link NodeHost} runs. */
interface HostedNode {

  /** Joins those at the ports, or forms a cluster where there are none. */
  void join(List<Integer> ports);

  /** Leaves gracefully, and ends. */
  void leave();

  CompletionStage<Done> whenEnded();

  /** Whether it ends because its process does. */
  boolean endsWithProcess();

  void stopStream();

  void startStream();

  void cutOff(List<Integer> ports);

  void reconnect(List<Integer> ports);

  void down(List<Integer> ports);

  /** How many meters it has. */
  SeriesCount series();
}
