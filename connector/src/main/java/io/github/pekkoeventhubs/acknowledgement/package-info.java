/**
 * Tracks acknowledgements, in order or with gaps: turns the acknowledged ones of a source's events
 * into the checkpoint to store.
 */
@NullMarked
package io.github.pekkoeventhubs.acknowledgement;

import org.jspecify.annotations.NullMarked;
