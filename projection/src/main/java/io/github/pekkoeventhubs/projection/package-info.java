// SPDX-License-Identifier: Apache-2.0
/** Event hubs as sources of Pekko Projection. */
@NullMarked
package io.github.pekkoeventhubs.projection;

import org.jspecify.annotations.NullMarked;
