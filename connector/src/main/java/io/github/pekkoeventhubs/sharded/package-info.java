/**
 * Placement by cluster sharding: one owner per partition in the cluster, on the nodes that run a
 * stream of the consumer group.
 */
@NullMarked
package io.github.pekkoeventhubs.sharded;

import org.jspecify.annotations.NullMarked;
