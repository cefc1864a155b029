// SPDX-License-Identifier: Apache-2.0
/**
 * The log lines of streams, each with the names of what it is about in the diagnostic context of
 * the thread. Internal to the connector.
 */
@NullMarked
package io.github.pekkoeventhubs.log;

import org.jspecify.annotations.NullMarked;
