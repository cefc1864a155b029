// SPDX-License-Identifier: Apache-2.0
/** Reading an event hub from its beginning, in the ways there are to do it. */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.consume;

import org.jspecify.annotations.NullMarked;
