// SPDX-License-Identifier: Apache-2.0
/**
 * The emulators as a test in Java sees them: {@link
 * io.github.pekkoeventhubs.testkit.EventHubsEmulator}, {@link
 * io.github.pekkoeventhubs.testkit.BlobEmulator}, their faults, and what they tell of their state.
 */
@NullMarked
package io.github.pekkoeventhubs.testkit;

import org.jspecify.annotations.NullMarked;
