// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import io.github.pekkoeventhubs.tests.nodes.Resources;
import java.time.Duration;

/**
 * What a node holds at a time after the beginning.
 *
 * @param connections of all nodes to the event hubs, as the service counts them
 */
record SoakSample(Duration at, Resources resources, long connections) {}
