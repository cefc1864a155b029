// SPDX-License-Identifier: Apache-2.0
/** Event Hubs and Blob Storage inside this JVM. */
@NullMarked
package io.github.pekkoeventhubs.testkit;

import org.jspecify.annotations.NullMarked;
