// SPDX-License-Identifier: Apache-2.0
/** How long a process takes until it has its first event. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.start;

import org.jspecify.annotations.NullMarked;
