/**
 * Event Hubs and Blob Storage in this process: what a test needs in the place of an account or of
 * Docker.
 */
@NullMarked
package io.github.pekkoeventhubs.testkit;

import org.jspecify.annotations.NullMarked;
