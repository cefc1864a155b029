// SPDX-License-Identifier: Apache-2.0
/** Where a test finds Event Hubs and Blob Storage: embedded, in containers, or anywhere else. */
@NullMarked
package io.github.pekkoeventhubs.testkit.services;

import org.jspecify.annotations.NullMarked;
