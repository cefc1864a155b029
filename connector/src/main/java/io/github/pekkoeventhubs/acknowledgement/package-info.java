/**
 * How far a partition has been acknowledged, in order or with gaps: what lies between the events a
 * source emits and the checkpoint that is stored.
 */
@NullMarked
package io.github.pekkoeventhubs.acknowledgement;

import org.jspecify.annotations.NullMarked;
