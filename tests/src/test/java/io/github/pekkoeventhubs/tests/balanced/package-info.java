/** Processes without a cluster that share a consumer group, among themselves and with others. */
@NullMarked
package io.github.pekkoeventhubs.tests.balanced;

import org.jspecify.annotations.NullMarked;
