/** Rules of the code base that no compiler holds. */
@NullMarked
package io.github.pekkoeventhubs.house;

import org.jspecify.annotations.NullMarked;
