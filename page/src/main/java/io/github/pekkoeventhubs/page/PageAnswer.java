// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

import java.util.Map;

/**
 * An HTTP answer.
 *
 * @param headers the content type among them; without the length
 * @param body in UTF-8; not sent to a HEAD request
 */
public record PageAnswer(int status, Map<String, String> headers, String body) {

  /** Copies. */
  public PageAnswer {
    headers = Map.copyOf(headers);
  }
}
