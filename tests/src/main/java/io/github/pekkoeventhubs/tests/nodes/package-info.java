/**
 * Consumers in processes of their own, and the figures read from their reports and from the
 * services' logs.
 */
@NullMarked
package io.github.pekkoeventhubs.tests.nodes;

import org.jspecify.annotations.NullMarked;
