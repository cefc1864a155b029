// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Says why a file or a directory cannot be used. */
@Internal
public final class FileTrouble {

  private FileTrouble() {}

  /** The reason as a part of a sentence. The message of the exception is often the path alone. */
  public static String reason(IOException failed) {
    if (failed instanceof FileSystemException ofFile) {
      return ofFile.getFile() + " " + reasonOf(ofFile);
    }
    String message = failed.getMessage();
    return message == null ? failed.getClass().getSimpleName() : message;
  }

  private static String reasonOf(FileSystemException failed) {
    if (failed instanceof AccessDeniedException) {
      return "may not be used by this process";
    }
    if (failed instanceof FileAlreadyExistsException || failed instanceof NotDirectoryException) {
      return "is no directory";
    }
    if (failed instanceof NoSuchFileException) {
      return "does not exist";
    }
    String reason = failed.getReason();
    return "cannot be used (" + (reason == null ? failed.getClass().getSimpleName() : reason) + ")";
  }
}
