/** Seeded worlds: the connector's own classes of many nodes, on one thread. */
@NullMarked
package io.github.pekkoeventhubs.simulation;

import org.jspecify.annotations.NullMarked;
