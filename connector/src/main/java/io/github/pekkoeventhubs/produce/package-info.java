/**
 * Batches events per route and sends them: the batching policy, the sending with retries, and the
 * stage that joins them.
 */
@NullMarked
package io.github.pekkoeventhubs.produce;

import org.jspecify.annotations.NullMarked;
