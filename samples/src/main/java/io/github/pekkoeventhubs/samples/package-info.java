// SPDX-License-Identifier: Apache-2.0
/**
 * Small programs, each one thing a user wants to do in one file to start from. {@link
 * io.github.pekkoeventhubs.samples.SampleServices} gives their main methods something to read and
 * to write; an application needs nothing of it.
 */
@NullMarked
package io.github.pekkoeventhubs.samples;

import org.jspecify.annotations.NullMarked;
