// SPDX-License-Identifier: Apache-2.0
/** Figures as pictures. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.plots;

import org.jspecify.annotations.NullMarked;
