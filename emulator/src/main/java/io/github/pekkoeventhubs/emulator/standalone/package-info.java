// SPDX-License-Identifier: Apache-2.0
/** Both emulators in a process of their own: the command line and the status page. */
@NullMarked
package io.github.pekkoeventhubs.emulator.standalone;

import org.jspecify.annotations.NullMarked;
