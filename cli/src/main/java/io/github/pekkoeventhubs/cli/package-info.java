// SPDX-License-Identifier: Apache-2.0
/** The command {@code eventhubs}: what an operator does with event hubs and consumer groups. */
@NullMarked
package io.github.pekkoeventhubs.cli;

import org.jspecify.annotations.NullMarked;
