// SPDX-License-Identifier: Apache-2.0
/**
 * What happens to partitions whose owner changes: consumers in processes of their own, the services
 * in this one.
 */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.moves;

import org.jspecify.annotations.NullMarked;
