/** The network between the nodes of a world: what Pekko's remoting and cluster run on. */
@NullMarked
package io.github.pekkoeventhubs.simulation.cluster;

import org.jspecify.annotations.NullMarked;
