/** Consumers in processes of their own, and what is read from them and from the services' logs. */
@NullMarked
package io.github.pekkoeventhubs.tests.nodes;

import org.jspecify.annotations.NullMarked;
