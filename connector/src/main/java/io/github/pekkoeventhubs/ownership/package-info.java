/**
 * The owner of one partition, from its claim to its release: the pure {@link
 * io.github.pekkoeventhubs.ownership.PartitionLife}, the actor that performs its effects, and what
 * both need. Where owners run is decided by the packages {@code sharded}, {@code balanced} and
 * {@code group}.
 */
@NullMarked
package io.github.pekkoeventhubs.ownership;

import org.jspecify.annotations.NullMarked;
