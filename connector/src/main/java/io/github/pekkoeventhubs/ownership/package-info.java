/**
 * The owner of one partition, from its claim to its release. The pure {@link
 * io.github.pekkoeventhubs.life.PartitionLife} decides; the actor {@link
 * io.github.pekkoeventhubs.ownership.PartitionOwner} receives what happens and has the effects
 * performed. There is an object per lifetime: {@code ServedStream}, {@code ClaimKeeper}, {@code
 * RunningEpoch} and {@code HandOver}. The packages {@code sharded}, {@code balanced} and {@code
 * group} decide where owners run.
 */
@NullMarked
package io.github.pekkoeventhubs.ownership;

import org.jspecify.annotations.NullMarked;
