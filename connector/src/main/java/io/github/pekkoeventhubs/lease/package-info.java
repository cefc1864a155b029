/**
 * Pekko's coordination lease in blob storage, with which the split brain resolver lets one of two
 * nodes survive.
 */
@NullMarked
package io.github.pekkoeventhubs.lease;

import org.jspecify.annotations.NullMarked;
