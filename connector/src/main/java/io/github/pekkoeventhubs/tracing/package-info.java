/**
 * The connector tells a tracing library here what streams do. The connector knows none: a module of
 * its own binds one to an actor system, and without it nothing here costs anything per event.
 */
@NullMarked
package io.github.pekkoeventhubs.tracing;

import org.jspecify.annotations.NullMarked;
