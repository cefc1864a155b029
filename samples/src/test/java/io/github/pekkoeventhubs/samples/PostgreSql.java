// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL server with an empty database, which ends with the test. */
final class PostgreSql implements AutoCloseable {

  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

  private final Path directory;
  private final int port;
  private final Process server;

  private PostgreSql(Path directory, int port, Process server) {
    this.directory = directory;
    this.port = port;
    this.server = server;
  }

  static boolean isInstalled() {
    return program("initdb").isPresent();
  }

  static PostgreSql start() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("postgresql");
    if (isRoot()) {
      run(List.of("chown", "nobody", directory.toString()));
    }
    String data = directory.resolve("data").toString();
    run(command("initdb", "-D", data, "-A", "trust", "-U", "samples", "-N", "-E", "UTF8"));
    int port = FreePort.on(List.of("127.0.0.1"));
    Process server =
        process(
                command(
                    "postgres",
                    "-D",
                    data,
                    "-p",
                    String.valueOf(port),
                    "-k",
                    directory.toString(),
                    "-F",
                    "-h",
                    "127.0.0.1"))
            .start();
    PostgreSql started = new PostgreSql(directory, port, server);
    started.awaitReady();
    return started;
  }

  /** Its socket's file is there when it takes connections. */
  private void awaitReady() throws IOException, InterruptedException {
    List<String> question =
        command("pg_isready", "-h", "127.0.0.1", "-p", String.valueOf(port), "-t", "1");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (process(question).start().waitFor() != 0) {
      if (!server.isAlive() || System.nanoTime() > end) {
        throw new IOException("PostgreSQL has not started");
      }
    }
  }

  DataSource database() {
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setURL("jdbc:postgresql://127.0.0.1:" + port + "/postgres");
    database.setUser("samples");
    return database;
  }

  private static List<String> command(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      // It refuses to run as root.
      command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    }
    command.add(program(program).orElseThrow().toString());
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static Optional<Path> program(String name) {
    List<Path> folders = new ArrayList<>();
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      folders.add(Path.of(folder));
    }
    try (Stream<Path> versions =
        Files.isDirectory(DEBIAN) ? Files.list(DEBIAN) : Stream.<Path>empty()) {
      versions.sorted(Comparator.reverseOrder()).forEach(path -> folders.add(path.resolve("bin")));
    } catch (IOException e) {
      return Optional.empty();
    }
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static ProcessBuilder process(List<String> command) {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .directory(Path.of("/").toFile());
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    int exitCode = process(command).start().waitFor();
    if (exitCode != 0) {
      throw new IOException(command + " has ended with " + exitCode);
    }
  }

  @Override
  public void close() throws IOException {
    server.destroy();
    server.onExit().join();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
