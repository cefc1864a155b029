/** Loads the classes of a world, and runs worlds. */
@NullMarked
package io.github.pekkoeventhubs.simulation.link;

import org.jspecify.annotations.NullMarked;
