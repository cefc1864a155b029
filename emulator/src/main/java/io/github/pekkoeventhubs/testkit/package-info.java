// SPDX-License-Identifier: Apache-2.0
/**
 * The emulators for tests in Java: {@link io.github.pekkoeventhubs.testkit.EventHubsEmulator},
 * {@link io.github.pekkoeventhubs.testkit.BlobEmulator}, their faults, and their state.
 */
@NullMarked
package io.github.pekkoeventhubs.testkit;

import org.jspecify.annotations.NullMarked;
