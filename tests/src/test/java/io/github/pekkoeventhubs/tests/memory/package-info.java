/** The connector's memory, measured in processes with a small heap. */
@NullMarked
package io.github.pekkoeventhubs.tests.memory;

import org.jspecify.annotations.NullMarked;
