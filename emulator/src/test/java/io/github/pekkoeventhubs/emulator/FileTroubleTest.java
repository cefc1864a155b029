// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FileTroubleTest {

  @Test
  void saysWhatTheJdkSaysByTheClassOfAnException() {
    assertThat(FileTrouble.reason(new AccessDeniedException("/kept")))
        .isEqualTo("/kept may not be used by this process");
    assertThat(FileTrouble.reason(new FileAlreadyExistsException("/kept")))
        .isEqualTo("/kept is no directory");
    assertThat(FileTrouble.reason(new NoSuchFileException("/kept")))
        .isEqualTo("/kept does not exist");
    assertThat(FileTrouble.reason(new FileSystemException("/kept")))
        .isEqualTo("/kept cannot be used (FileSystemException)");
    assertThat(FileTrouble.reason(new IOException())).isEqualTo("IOException");
  }

  @Test
  void keepsWhatTheOperatingSystemSays() {
    assertThat(FileTrouble.reason(new FileSystemException("/kept", null, "Read-only file system")))
        .isEqualTo("/kept cannot be used (Read-only file system)");
    assertThat(FileTrouble.reason(new FileNotFoundException("/kept (Permission denied)")))
        .isEqualTo("/kept (Permission denied)");
    assertThat(FileTrouble.reason(new BindException("Address already in use")))
        .isEqualTo("Address already in use");
  }
}
