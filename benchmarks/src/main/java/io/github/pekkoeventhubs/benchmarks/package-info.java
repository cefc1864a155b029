// SPDX-License-Identifier: Apache-2.0
/** Measures the connector side by side with other ways to read and write event hubs. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks;

import org.jspecify.annotations.NullMarked;
