/** The stream operators: sources, committers and sinks for Java. */
@NullMarked
package io.github.pekkoeventhubs.javadsl;

import org.jspecify.annotations.NullMarked;
