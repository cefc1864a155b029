/** Runs of several nodes under faults that a seed chooses, judged by the services' own logs. */
@NullMarked
package io.github.pekkoeventhubs.tests.chaos;

import org.jspecify.annotations.NullMarked;
