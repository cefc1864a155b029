// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

/** Something cannot be shown. The message is shown on the page and holds no secret. */
public final class PageProblem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  private PageProblem(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The request cannot be understood; the same one will fail again. */
  public static PageProblem wrongRequest(String message) {
    return new PageProblem(400, message);
  }

  /** There is no such event hub or partition. */
  public static PageProblem unknown(String message) {
    return new PageProblem(404, message);
  }

  /** The service refuses it now, because somebody else reads, for example. */
  public static PageProblem refused(String message) {
    return new PageProblem(409, message);
  }

  /** A service could not be asked; later it may answer. */
  public static PageProblem unavailable(String message) {
    return new PageProblem(503, message);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }
}
