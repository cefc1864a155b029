/** The operators of the Java DSL on the embedded services. */
@NullMarked
package io.github.pekkoeventhubs.tests.dsl;

import org.jspecify.annotations.NullMarked;
