// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** A command that asks the services. */
abstract class ServiceCommand implements Callable<Integer> {

  @Mixin private @Nullable ConnectionOptions connection;

  private final Terminal terminal;
  private final SecretFilter secrets;

  ServiceCommand(Terminal terminal, SecretFilter secrets) {
    this.terminal = terminal;
    this.secrets = secrets;
  }

  /** Does it, and says how the process ends. */
  abstract int run(Session session) throws Exception;

  /** Refuses what cannot be understood, before anything is connected. */
  void check() {}

  final Terminal terminal() {
    return terminal;
  }

  @Override
  public final Integer call() throws Exception {
    check();
    try (Session session = new Session(Objects.requireNonNull(connection), terminal, secrets)) {
      return ended(session);
    }
  }

  /** A failure is said before the services are closed, which may take a while. */
  private int ended(Session session) {
    try {
      return run(session);
    } catch (InterruptedException ended) {
      // How a command ends that goes on until then.
      return ExitCode.OK;
    } catch (Exception failure) {
      return Failures.report(failure, terminal, secrets);
    }
  }
}
