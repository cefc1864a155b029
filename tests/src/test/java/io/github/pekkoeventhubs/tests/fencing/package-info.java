/** What an owner that was paused can still do, and what it cannot. */
@NullMarked
package io.github.pekkoeventhubs.tests.fencing;

import org.jspecify.annotations.NullMarked;
