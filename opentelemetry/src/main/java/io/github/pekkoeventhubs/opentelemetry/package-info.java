/** Spans of the streams of an actor system for OpenTelemetry. */
@NullMarked
package io.github.pekkoeventhubs.opentelemetry;

import org.jspecify.annotations.NullMarked;
