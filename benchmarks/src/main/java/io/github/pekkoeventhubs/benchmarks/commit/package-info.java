// SPDX-License-Identifier: Apache-2.0
/** What committing costs, and how it behaves when the store is slow. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.commit;

import org.jspecify.annotations.NullMarked;
