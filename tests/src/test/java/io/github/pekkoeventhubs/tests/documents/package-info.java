/**
 * The pages of {@code docs/} and the README: each block of code in them is compiled, loaded or run.
 */
@NullMarked
package io.github.pekkoeventhubs.tests.documents;

import org.jspecify.annotations.NullMarked;
