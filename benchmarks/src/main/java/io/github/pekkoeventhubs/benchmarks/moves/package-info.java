// SPDX-License-Identifier: Apache-2.0
/**
 * The cost of a change of owner for a partition. Consumers run in processes of their own, the
 * services in this one.
 */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.moves;

import org.jspecify.annotations.NullMarked;
