// SPDX-License-Identifier: Apache-2.0
/** Runs the README's stream, and checks that no event is lost. */
@NullMarked
package io.github.pekkoeventhubs.quickstart;

import org.jspecify.annotations.NullMarked;
