// SPDX-License-Identifier: Apache-2.0
/**
 * Runs a user's own stream under faults, and says whether it can lose, repeat or hold up events.
 */
@NullMarked
package io.github.pekkoeventhubs.testkit.audit;

import org.jspecify.annotations.NullMarked;
