// SPDX-License-Identifier: Apache-2.0
/** Medians and how sure one can be of them. Knows nothing of what was measured. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.statistics;

import org.jspecify.annotations.NullMarked;
