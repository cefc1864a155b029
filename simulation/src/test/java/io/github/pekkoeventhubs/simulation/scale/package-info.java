/** The figures of many nodes and partitions, as the page about the simulator shows them. */
@NullMarked
package io.github.pekkoeventhubs.simulation.scale;

import org.jspecify.annotations.NullMarked;
