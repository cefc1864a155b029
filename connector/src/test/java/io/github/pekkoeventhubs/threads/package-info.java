/** Tests of the connector's own threads. */
@NullMarked
package io.github.pekkoeventhubs.threads;

import org.jspecify.annotations.NullMarked;
