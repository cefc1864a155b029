/** Access tokens: fetched once for all who need them. Internal to the connector. */
@NullMarked
package io.github.pekkoeventhubs.token;

import org.jspecify.annotations.NullMarked;
