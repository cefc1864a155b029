/**
 * The meaning of failures: what the SDK's exceptions say about the service, the identity provider
 * and the way to them, for consumers, producers and stores alike, and what a stage of ours throws.
 * Internal to the connector.
 */
@NullMarked
package io.github.pekkoeventhubs.failure;

import org.jspecify.annotations.NullMarked;
