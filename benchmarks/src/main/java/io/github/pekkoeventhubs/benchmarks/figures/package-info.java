// SPDX-License-Identifier: Apache-2.0
/** Measured values with their goals, and the ways to write them down. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.figures;

import org.jspecify.annotations.NullMarked;
