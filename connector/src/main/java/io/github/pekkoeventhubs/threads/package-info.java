/**
 * Threads of this library, on which nothing but its own work runs and which nobody else can shut
 * down or block; and the things that end with the actor system.
 */
@NullMarked
package io.github.pekkoeventhubs.threads;

import org.jspecify.annotations.NullMarked;
