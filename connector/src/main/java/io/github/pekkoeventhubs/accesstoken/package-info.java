/** Access tokens: fetched once for all who need them. Internal to the connector. */
@NullMarked
package io.github.pekkoeventhubs.accesstoken;

import org.jspecify.annotations.NullMarked;
