// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A real Prometheus on a free loopback port, as long as a test needs it. */
final class Prometheus implements AutoCloseable {

  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final int port;

  /** A series of an answer: its labels, and a value for each moment. */
  record Series(Map<String, Object> labels, List<Point> points) {}

  /** A value at a moment, in seconds since 1970; not a number where there is none. */
  record Point(double at, double value) {}

  private Prometheus(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** The program; empty if it is not installed. */
  static Optional<Path> program() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(File.pathSeparator))
        .map(folder -> Path.of(folder, "prometheus"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static boolean isFree(int port) {
    try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return free.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  /** Starts it with this configuration; its data and its log are in the folder. */
  static Prometheus start(Path configuration, Path folder) {
    try {
      // Systems give ports of this range to nobody who does not ask for them by number.
      int port =
          ThreadLocalRandom.current()
              .ints(20_000, 30_000)
              .filter(Prometheus::isFree)
              .findFirst()
              .orElseThrow();
      Process process =
          new ProcessBuilder(
                  program().orElseThrow().toString(),
                  "--config.file=" + configuration,
                  "--storage.tsdb.path=" + folder.resolve("data"),
                  "--web.listen-address=127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("prometheus.log").toFile())
              .start();
      // Also if the JVM of the test is ended.
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
      return new Prometheus(process, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isReady() {
    try {
      return http.send(request("/-/ready"), BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(ANSWER)
        .build();
  }

  /**
   * The data of an answer.
   *
   * @throws IllegalStateException with the words of Prometheus if it answers with an error
   */
  private Map<String, Object> get(String path) {
    try {
      String text = http.send(request(path), BodyHandlers.ofString()).body();
      Map<String, Object> answer = json(text);
      if (!"success".equals(answer.get("status"))) {
        throw new IllegalStateException(text);
      }
      return child(answer, "data");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What a text of JSON says, in maps and lists. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> json(String text) {
    try (JsonReader reader = JsonProviders.createReader(text)) {
      return (Map<String, Object>) reader.readUntyped();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> child(Map<String, Object> parent, String name) {
    return (Map<String, Object>) Objects.requireNonNull(parent.get(name));
  }

  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> children(Map<String, Object> parent, String name) {
    return (List<Map<String, Object>>) parent.getOrDefault(name, List.of());
  }

  private static String encoded(String query) {
    return URLEncoder.encode(query, StandardCharsets.UTF_8);
  }

  /** The series that a query has now. */
  List<Series> query(String query) {
    return children(get("/api/v1/query?query=" + encoded(query)), "result").stream()
        .map(
            result ->
                new Series(
                    child(result, "metric"),
                    List.of(point((List<?>) Objects.requireNonNull(result.get("value"))))))
        .toList();
  }

  /** The series that it had in this time. */
  List<Series> query(String query, Instant from, Instant to, int stepSeconds) {
    String range =
        "/api/v1/query_range?start=%d&end=%d&step=%d&query=%s"
            .formatted(from.getEpochSecond(), to.getEpochSecond(), stepSeconds, encoded(query));
    return children(get(range), "result").stream()
        .map(
            result ->
                new Series(
                    child(result, "metric"),
                    ((List<?>) Objects.requireNonNull(result.get("values")))
                        .stream().map(value -> point((List<?>) value)).toList()))
        .toList();
  }

  private static Point point(List<?> pair) {
    return new Point(((Number) pair.get(0)).doubleValue(), number(String.valueOf(pair.get(1))));
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** The queries of all alert rules, as Prometheus has read them, by their names. */
  Map<String, String> alertQueries() {
    Map<String, String> queries = new TreeMap<>();
    for (Map<String, Object> group : children(get("/api/v1/rules"), "groups")) {
      for (Map<String, Object> rule : children(group, "rules")) {
        queries.put(String.valueOf(rule.get("name")), String.valueOf(rule.get("query")));
      }
    }
    return queries;
  }

  /** The names of the alerts that fire now. */
  Set<String> firing() {
    List<String> names = new ArrayList<>();
    for (Map<String, Object> alert : children(get("/api/v1/alerts"), "alerts")) {
      if ("firing".equals(alert.get("state"))) {
        names.add(String.valueOf(child(alert, "labels").get("alertname")));
      }
    }
    return new TreeSet<>(names);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
