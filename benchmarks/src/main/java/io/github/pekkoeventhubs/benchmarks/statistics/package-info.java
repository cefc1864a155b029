// SPDX-License-Identifier: Apache-2.0
/** Medians and their confidence intervals, for any measured quantity. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.statistics;

import org.jspecify.annotations.NullMarked;
