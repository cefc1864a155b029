/** Our consumers beside the official clients, other tools, and each other. */
@NullMarked
package io.github.pekkoeventhubs.tests.neighbours;

import org.jspecify.annotations.NullMarked;
