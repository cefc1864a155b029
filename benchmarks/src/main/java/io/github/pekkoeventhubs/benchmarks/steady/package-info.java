// SPDX-License-Identifier: Apache-2.0
/** The cost of reading at a fixed rate, in processes of their own. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.steady;

import org.jspecify.annotations.NullMarked;
