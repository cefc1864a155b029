// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkoeventhubs.DurationText;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * A program in a JVM of its own with the Java and the class path of this one. It takes commands on
 * its standard input and reports on its standard output, a line each. Safe for use by any thread.
 */
@InternalApi
public final class JavaProcess implements AutoCloseable {

  private final String name;
  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader reports;
  private volatile @Nullable Thread reader;

  private JavaProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.commands = process.outputWriter(UTF_8);
    this.reports = process.inputReader(UTF_8);
  }

  /** Describes a process that runs the main method of a class. */
  public static Builder of(Class<?> main) {
    return new Builder(main);
  }

  /**
   * Reads all reports on a thread of its own, from now on.
   *
   * @param report is called with each line, in order, by that thread
   * @param end is called by that thread when the process has ended and all its reports are read
   */
  public void readReports(Consumer<String> report, Runnable end) {
    Thread thread = new Thread(() -> read(report, end), name + "-reports");
    thread.setDaemon(true);
    reader = thread;
    thread.start();
  }

  private void read(Consumer<String> report, Runnable end) {
    try {
      for (String line = reports.readLine(); line != null; line = reports.readLine()) {
        report.accept(line);
      }
    } catch (IOException e) {
      // The process was killed in the middle of a line.
      return;
    } finally {
      end.run();
    }
  }

  /**
   * Waits for the next report; not together with {@link #readReports}.
   *
   * @return null if the process has ended
   */
  public @Nullable String nextReport() {
    try {
      return reports.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Sends a command and returns at once. A process that has ended gets nothing, which is no error
   * here: its end is reported elsewhere.
   */
  public synchronized void tell(String command) {
    try {
      commands.write(command);
      commands.newLine();
      commands.flush();
    } catch (IOException e) {
      if (process.isAlive()) {
        throw new UncheckedIOException(name + " does not take commands", e);
      }
    }
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Whether {@link #terminate} lets it run its shutdown hooks; not so on Windows. */
  public boolean canTerminate() {
    return process.supportsNormalTermination();
  }

  /** SIGTERM; returns at once, and its last reports can still be read. */
  public void terminate() {
    // Not Process.destroy(): that also closes the streams on which it still reports.
    process.toHandle().destroy();
  }

  /** Sends a signal by its name without "SIG", such as {@code STOP}; where there is a kill. */
  public void signal(String signal) {
    try {
      int status =
          new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (status != 0) {
        throw new IllegalStateException("kill -" + signal + " " + name + " ended with " + status);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** SIGKILL; returns at once, and its last reports can still be read. */
  public void kill() {
    process.toHandle().destroyForcibly();
  }

  /**
   * Waits until it has ended and all its reports are read.
   *
   * @throws IllegalStateException if it takes longer than the patience
   */
  public void awaitEnd(Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            name + " has not ended within " + DurationText.of(patience));
      }
      Thread thread = reader;
      if (thread != null) {
        thread.join(patience.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Kills it unless it has ended, and waits for its end. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public String toString() {
    return name;
  }

  /** How the process is started. Not thread-safe. */
  public static final class Builder {
    private final Class<?> main;
    private final List<String> options = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private final ProcessBuilder builder = new ProcessBuilder();

    private Builder(Class<?> main) {
      this.main = main;
      builder.redirectError(Redirect.INHERIT);
    }

    /** Adds options of the virtual machine, such as {@code -Xmx256m}. */
    public Builder withOptions(List<String> more) {
      options.addAll(more);
      return this;
    }

    /** Adds options of the virtual machine. */
    public Builder withOptions(String... more) {
      return withOptions(List.of(more));
    }

    /** Adds arguments of the program. */
    public Builder withArguments(String... more) {
      arguments.addAll(List.of(more));
      return this;
    }

    /** Adds variables of the environment. */
    public Builder withEnvironment(Map<String, String> variables) {
      builder.environment().putAll(variables);
      return this;
    }

    /** Writes what it says on standard error to a file; to that of this process by default. */
    public Builder withErrorsTo(Path file) {
      builder.redirectError(file.toFile());
      return this;
    }

    /** Reports what it says on standard error, too. */
    public Builder withErrorsAsReports() {
      builder.redirectErrorStream(true);
      return this;
    }

    /**
     * Starts the process.
     *
     * @param name of the process, in messages and of its threads here
     * @throws UncheckedIOException if it cannot be started
     */
    public JavaProcess start(String name) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(options);
      command.add("-cp");
      // Surefire may start its JVM with a jar that only refers to the class path.
      command.add(
          System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
      command.add(main.getName());
      command.addAll(arguments);
      try {
        return new JavaProcess(name, builder.command(command).start());
      } catch (IOException e) {
        throw new UncheckedIOException("the process " + name + " cannot be started", e);
      }
    }
  }
}
