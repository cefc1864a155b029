// SPDX-License-Identifier: Apache-2.0
/** The cost of the connector's stages alone. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.overhead;

import org.jspecify.annotations.NullMarked;
