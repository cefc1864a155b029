// SPDX-License-Identifier: Apache-2.0
/** The README's stream at work, and an account of what it has done. */
@NullMarked
package io.github.pekkoeventhubs.quickstart;

import org.jspecify.annotations.NullMarked;
