// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.CommittableOffset;

/** An offset that has reached a committer, and the number of events it stands for. */
record Observed(CommittableOffset offset, long events) {}
