/** Meters of the streams of an actor system for Micrometer. */
@NullMarked
package io.github.pekkoeventhubs.micrometer;

import org.jspecify.annotations.NullMarked;
