/**
 * Makes ownership and checkpoints safe on a plain compare-and-set store: claims carry a random
 * token, checkpoints are fenced by their version, and each partition has one checkpoint writer per
 * epoch. Internal to the connector.
 */
@NullMarked
package io.github.pekkoeventhubs.store;

import org.jspecify.annotations.NullMarked;
