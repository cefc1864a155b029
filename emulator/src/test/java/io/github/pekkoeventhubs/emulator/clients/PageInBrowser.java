// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The page of event hubs in a headless browser, driven by {@code event-hubs-page.mjs}. Skips the
 * calling test where there is no browser.
 */
public final class PageInBrowser implements AutoCloseable {

  private static final List<String> BROWSERS =
      List.of("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome");

  private final Process driver;
  private final BufferedReader lines;
  private final BufferedWriter commands;

  private PageInBrowser(Process driver) {
    this.driver = driver;
    this.lines = driver.inputReader(UTF_8);
    this.commands = driver.outputWriter(UTF_8);
  }

  /**
   * Opens the page.
   *
   * @param partition the partition whose row and events are looked at
   * @param pictures the name of a folder below {@code target/node}
   */
  public static PageInBrowser open(
      String address, String eventHub, String consumerGroup, String partition, String pictures) {
    Optional<Path> browser = browser();
    assumeTrue(browser.isPresent(), "none of " + BROWSERS + " is on the PATH");
    try {
      Path folder = Files.createDirectories(NodeTools.install().resolve(pictures));
      return new PageInBrowser(
          NodeTools.start(
              "event-hubs-page.mjs",
              browser.orElseThrow().toString(),
              address,
              eventHub,
              consumerGroup,
              partition,
              folder.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Path> browser() {
    return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1))
        .flatMap(folder -> BROWSERS.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The next line of JSON that the driver prints. */
  public String next() throws IOException {
    return Optional.ofNullable(lines.readLine()).orElse("the driver has ended");
  }

  /** Tells the driver that the partition has one event more. */
  public void eventSent() throws IOException {
    commands.write("sent\n");
    commands.flush();
  }

  /** Waits for the driver's end, which has to be a good one. */
  public void awaitEnd() throws InterruptedException {
    assertThat(driver.waitFor()).isZero();
  }

  @Override
  public void close() {
    driver.descendants().forEach(ProcessHandle::destroyForcibly);
    driver.destroyForcibly();
  }
}
