/**
 * The common part of the placements: the streams of one consumer group in this process and the
 * partitions of its event hub; and the fixed list of partitions, which needs neither a cluster nor
 * claims.
 */
@NullMarked
package io.github.pekkoeventhubs.group;

import org.jspecify.annotations.NullMarked;
