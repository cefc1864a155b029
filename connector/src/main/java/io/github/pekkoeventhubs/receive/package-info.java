/**
 * How events come from the service into a stream: clients and receivers of the SDK, the bounded
 * intake of each partition, and the source stages that read from the intakes.
 */
@NullMarked
package io.github.pekkoeventhubs.receive;

import org.jspecify.annotations.NullMarked;
