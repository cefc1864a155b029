/** The producer against the embedded service, through the SDK. */
@NullMarked
package io.github.pekkoeventhubs.tests.produce;

import org.jspecify.annotations.NullMarked;
