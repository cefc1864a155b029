// SPDX-License-Identifier: Apache-2.0
/** The requests to the services while there is nothing to do. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.idle;

import org.jspecify.annotations.NullMarked;
