// SPDX-License-Identifier: Apache-2.0
/** Sending events, in the ways there are to do it. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.produce;

import org.jspecify.annotations.NullMarked;
