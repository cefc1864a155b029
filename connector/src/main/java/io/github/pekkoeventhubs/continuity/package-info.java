/**
 * Whether what arrives from a partition continues what was read before: judged for each event, for
 * a checkpoint before an epoch begins, and for each answer of the service. Plain classes without
 * streams, actors or clocks.
 */
@NullMarked
package io.github.pekkoeventhubs.continuity;

import org.jspecify.annotations.NullMarked;
