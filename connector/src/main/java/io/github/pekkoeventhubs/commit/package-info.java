/**
 * The committer: from offsets that a user's stream is done with to acknowledgements and writes,
 * partition by partition.
 */
@NullMarked
package io.github.pekkoeventhubs.commit;

import org.jspecify.annotations.NullMarked;
