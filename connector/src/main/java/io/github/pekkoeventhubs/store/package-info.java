/**
 * What makes ownership and checkpoints safe on a plain compare-and-set store: claims with a random
 * token, checkpoints fenced by their version, and one checkpoint writer per partition and epoch.
 * Internal to the connector.
 */
@NullMarked
package io.github.pekkoeventhubs.store;

import org.jspecify.annotations.NullMarked;
