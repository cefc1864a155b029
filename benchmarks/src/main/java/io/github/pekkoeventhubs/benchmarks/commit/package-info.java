// SPDX-License-Identifier: Apache-2.0
/** The cost of committing, and its behaviour when the store is slow. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.commit;

import org.jspecify.annotations.NullMarked;
