/** Checks the ownership protocol, and that its wrong variants are refuted, with TLC. */
@NullMarked
package io.github.pekkoeventhubs.model;

import org.jspecify.annotations.NullMarked;
