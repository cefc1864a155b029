/**
 * The vocabulary of the connector: settings, subscriptions, the elements of its streams, the store
 * of ownership and checkpoints, and its exceptions. The stream operators are in {@code javadsl}.
 */
@NullMarked
package io.github.pekkoeventhubs;

import org.jspecify.annotations.NullMarked;
