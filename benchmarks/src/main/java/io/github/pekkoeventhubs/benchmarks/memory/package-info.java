// SPDX-License-Identifier: Apache-2.0
/** The memory in use while no stream takes events. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.memory;

import org.jspecify.annotations.NullMarked;
