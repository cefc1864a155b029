// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.clients;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** A busy machine is no reason to fail: conditions of tests that name no time get this one. */
public final class PatientAwaitility implements LauncherSessionListener {

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
  }
}
