// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Does what docs/first-service.md says, in an empty folder: writes its files, builds them, starts the
 * emulators, three nodes and the sender by its commands, and ends one node with SIGTERM while orders
 * arrive. Fails unless each order is billed once.
 *
 * <p>{@code java release/Walk.java PAGE FOLDER MVN JAR VERSION}: MVN is the command that stands for
 * {@code mvn}, JAR the emulators' jar, and VERSION the one that is staged.
 */
final class Walk {

  private static final int ORDERS = 3000;
  private static final Duration PATIENCE = Duration.ofSeconds(300);
  private static final Pattern FILE =
      Pattern.compile("(?m)^`([\\w./-]+)`:\\n\\n```\\w+\\n(.*?)^```$", Pattern.DOTALL);
  private static final Pattern COMMANDS =
      Pattern.compile("(?m)^```sh\\n(.*?)^```$", Pattern.DOTALL);

  private final Path folder;
  private final List<String> commands = new ArrayList<>();
  private final List<Process> running = new ArrayList<>();
  private String exports = "";

  private Walk(Path folder) {
    this.folder = folder;
  }

  public static void main(String[] arguments) throws Exception {
    Walk walk = new Walk(Path.of(arguments[1]));
    try {
      walk.write(Files.readString(Path.of(arguments[0])), arguments[2], arguments[3], arguments[4]);
      walk.go();
    } finally {
      walk.running.forEach(Process::destroyForcibly);
    }
  }

  private void write(String page, String mvn, String jar, String version) throws IOException {
    Matcher file = FILE.matcher(page);
    while (file.find()) {
      Path path = folder.resolve(file.group(1));
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.group(2));
    }
    String snapshot = found("<pekko-eventhubs.version>(.*?)<", page);
    Path pom = folder.resolve("pom.xml");
    Files.writeString(pom, Files.readString(pom).replace(snapshot, version));
    for (Matcher block = COMMANDS.matcher(page); block.find(); ) {
      for (String command : block.group(1).split("\n")) {
        commands.add(
            command
                .replaceAll("^mvn ", mvn + " ")
                .replaceAll("\\S+-standalone\\.jar", Matcher.quoteReplacement(jar)));
      }
    }
  }

  private static String found(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    require(matcher.find(), "the page has nothing like " + pattern);
    return matcher.group(1);
  }

  private void go() throws Exception {
    exports = String.join("\n", with("export "));
    require(with("export ").size() == 2, "two variables are exported");
    List<String> nodes = with(" com.example.Orders");
    require(nodes.size() == 3, "three nodes are started");

    start("emulators", only("standalone.jar"));
    await("the emulators listen", () -> listens(5672) && listens(10000));
    Process build = start("build", only("dependency:copy-dependencies"));
    require(build.waitFor() == 0, "the build fails:\n" + output("build"));

    String misspelled = "-Dpekko.eventhubs.consumer.initial-postion=latest";
    Process refused = start("refused", nodes.get(0).replace(" java ", " java " + misspelled + " "));
    await("a node with a misspelled key ends", () -> !refused.isAlive());
    require(refused.exitValue() == 1, "it fails, too:\n" + output("refused"));
    require(output("refused").contains("initial-position"), output("refused"));

    List<Process> services = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      services.add(start("node-" + (i + 1), nodes.get(i)));
    }
    await("each node owns a partition", () -> owns(1) && owns(2) && owns(3));
    Process sender = start("sender", only(" com.example.SendOrders"));
    await("each node bills orders", () -> billedBy(1) > 0 && billedBy(2) > 50 && billedBy(3) > 0);
    require(sender.isAlive(), "orders arrive while a node is stopped");
    services.get(1).destroy();
    await("the stopped node ends", () -> !services.get(1).isAlive());
    require(sender.isAlive(), "orders arrive after a node has ended");
    require(sender.waitFor() == 0, "the sender fails:\n" + output("sender"));
    require(output("sender").contains(ORDERS + " orders are stored"), output("sender"));
    await("every order is billed", () -> billed().size() == ORDERS);
    for (Process node : List.of(services.get(0), services.get(2))) {
      require(node.isAlive(), "the other nodes run");
      node.destroy();
    }
    for (Process node : services) {
      node.waitFor();
    }
    List<String> twice =
        billed().entrySet().stream().filter(e -> e.getValue() > 1).map(Map.Entry::getKey).toList();
    require(twice.isEmpty(), "billed twice: " + twice);
    System.out.printf(
        "%d orders, each billed once by three nodes (%d, %d until its SIGTERM, %d)%n",
        ORDERS, billedBy(1), billedBy(2), billedBy(3));
  }

  private List<String> with(String part) {
    return commands.stream().filter(command -> command.contains(part)).toList();
  }

  private String only(String part) {
    require(with(part).size() == 1, "one command has '" + part + "'");
    return with(part).get(0);
  }

  /** The command's program itself is the process, so that a signal reaches it. */
  private Process start(String name, String command) throws IOException {
    String line = command.replaceFirst("^((?:[A-Z]+=\\S+ )*)", "$1exec ");
    Process process =
        new ProcessBuilder("bash", "-c", exports + "\n" + line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".txt").toFile())
            .start();
    running.add(process);
    return process;
  }

  private String output(String name) {
    try {
      return Files.readString(folder.resolve(name + ".txt"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean owns(int node) {
    return output("node-" + node).contains(" assigned to ");
  }

  private int billedBy(int node) {
    return (int) output("node-" + node).lines().filter(line -> line.startsWith("billed ")).count();
  }

  private Map<String, Integer> billed() {
    Map<String, Integer> times = new TreeMap<>();
    for (int node = 1; node <= 3; node++) {
      output("node-" + node)
          .lines()
          .filter(line -> line.startsWith("billed "))
          .forEach(line -> times.merge(line, 1, Integer::sum));
    }
    return new LinkedHashMap<>(times);
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private void await(String condition, BooleanSupplier met) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!met.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        for (String name : List.of("emulators", "sender", "node-1", "node-2", "node-3")) {
          if (Files.exists(folder.resolve(name + ".txt"))) {
            System.err.println("--- " + name + "\n" + tail(output(name)));
          }
        }
        throw new IllegalStateException("not within " + PATIENCE.toSeconds() + " s: " + condition);
      }
      Thread.sleep(100);
    }
  }

  private static String tail(String text) {
    return text.substring(Math.max(0, text.length() - 3000));
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("Not as the page says: " + what);
    }
  }
}
