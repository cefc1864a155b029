/**
 * Small records kept in the metadata of empty blobs, written by compare-and-set. Knows nothing of
 * partitions. Internal to the connector.
 */
@NullMarked
package io.github.pekkoeventhubs.blob;

import org.jspecify.annotations.NullMarked;
