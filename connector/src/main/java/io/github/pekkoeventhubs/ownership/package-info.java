/**
 * Who owns a partition, and what an owner does from its claim to its release: the pure {@link
 * io.github.pekkoeventhubs.ownership.PartitionLife}, the actor that performs its effects, and the
 * placements that decide where owners run.
 */
@NullMarked
package io.github.pekkoeventhubs.ownership;

import org.jspecify.annotations.NullMarked;
