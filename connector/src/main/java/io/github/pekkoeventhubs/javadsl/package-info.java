/** The streams of the connector, for Java: sources, committers and producers. */
@NullMarked
package io.github.pekkoeventhubs.javadsl;

import org.jspecify.annotations.NullMarked;
