// SPDX-License-Identifier: Apache-2.0
/**
 * Small programs, each one thing a user wants to do in one file to start from. {@link
 * io.github.pekkoeventhubs.samples.SampleServices} gives their main methods services to read from
 * and to write to; an application does not need it.
 */
@NullMarked
package io.github.pekkoeventhubs.samples;

import org.jspecify.annotations.NullMarked;
