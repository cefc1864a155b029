/**
 * The life of one partition at its owner, as pure state machines without clock, threads or I/O.
 * {@link io.github.pekkoeventhubs.life.PartitionLife} takes what has happened and answers with
 * {@link io.github.pekkoeventhubs.life.Effect}s; the package {@code ownership} performs them.
 */
@NullMarked
package io.github.pekkoeventhubs.life;

import org.jspecify.annotations.NullMarked;
