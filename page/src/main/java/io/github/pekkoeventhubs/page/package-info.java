// SPDX-License-Identifier: Apache-2.0
/**
 * The page that shows event hubs in a browser, and the data behind it. The emulators and the
 * command line serve it, each with data of its own.
 *
 * <p>It is public for these two. It may change in any release, and applications do not use it.
 */
@NullMarked
package io.github.pekkoeventhubs.page;

import org.jspecify.annotations.NullMarked;
