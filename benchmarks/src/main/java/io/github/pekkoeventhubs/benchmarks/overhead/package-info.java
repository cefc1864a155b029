// SPDX-License-Identifier: Apache-2.0
/** What the connector's stages cost by themselves. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.overhead;

import org.jspecify.annotations.NullMarked;
