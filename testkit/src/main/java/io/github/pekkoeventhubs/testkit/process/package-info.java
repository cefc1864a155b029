// SPDX-License-Identifier: Apache-2.0
/** Programs in a JVM of their own, for tests and demonstrations that kill nodes. */
@NullMarked
package io.github.pekkoeventhubs.testkit.process;

import org.jspecify.annotations.NullMarked;
