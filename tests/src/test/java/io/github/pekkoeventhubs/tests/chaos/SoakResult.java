// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import java.util.List;
import java.util.Set;

/**
 * What a soak has shown, and what must not be.
 *
 * @param faults requests, links, connections and nodes that a fault has hit
 * @param kindsHit the kinds of faults of which at least one has hit something
 */
record SoakResult(
    SoakVerdict verdict,
    long faults,
    Set<String> kindsHit,
    long processed,
    long repeated,
    int streamFailures,
    List<String> violations) {}
