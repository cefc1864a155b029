/**
 * Placement through the partition store alone: processes without a cluster list the owners, count,
 * and claim, ask for or give away partitions.
 */
@NullMarked
package io.github.pekkoeventhubs.balanced;

import org.jspecify.annotations.NullMarked;
