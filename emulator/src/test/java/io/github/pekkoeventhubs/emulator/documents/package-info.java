// SPDX-License-Identifier: Apache-2.0
/** Reads the documentation, for the tests of all modules that compare it with code. */
@NullMarked
package io.github.pekkoeventhubs.emulator.documents;

import org.jspecify.annotations.NullMarked;
