// SPDX-License-Identifier: Apache-2.0
/** The small pieces that each event passes. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.pieces;

import org.jspecify.annotations.NullMarked;
