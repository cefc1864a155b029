// SPDX-License-Identifier: Apache-2.0
/**
 * The emulators in a process of their own, so that their garbage and their threads are not ours.
 */
@NullMarked
package io.github.pekkoeventhubs.benchmarks.services;

import org.jspecify.annotations.NullMarked;
