// SPDX-License-Identifier: Apache-2.0
/**
 * The connector measured side by side with what else there is to read and write event hubs with.
 */
@NullMarked
package io.github.pekkoeventhubs.benchmarks;

import org.jspecify.annotations.NullMarked;
