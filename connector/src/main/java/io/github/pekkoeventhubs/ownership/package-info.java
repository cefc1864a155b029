/**
 * The owner of one partition, from its claim to its release. The pure {@link
 * io.github.pekkoeventhubs.ownership.PartitionLife} decides; the actor {@link
 * io.github.pekkoeventhubs.ownership.PartitionOwner} hears what happens and has the effects
 * performed. There is an object per lifetime: {@code ServedStream}, {@code ClaimKeeper}, {@code
 * RunningEpoch} and {@code HandOver}. Where owners run is decided by the packages {@code sharded},
 * {@code balanced} and {@code group}.
 */
@NullMarked
package io.github.pekkoeventhubs.ownership;

import org.jspecify.annotations.NullMarked;
