/**
 * How long hand-overs, crashes and pauses interrupt the partitions: programs that print numbers.
 */
@NullMarked
package io.github.pekkoeventhubs.tests.measured;

import org.jspecify.annotations.NullMarked;
