// SPDX-License-Identifier: Apache-2.0
/** What is held while nobody takes events. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.memory;

import org.jspecify.annotations.NullMarked;
