// SPDX-License-Identifier: Apache-2.0
/** Runnable programs, each one thing a user wants to do. */
@NullMarked
package io.github.pekkoeventhubs.samples;

import org.jspecify.annotations.NullMarked;
