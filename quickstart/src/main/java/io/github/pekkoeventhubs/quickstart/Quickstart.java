// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

/**
 * Events flow from an event hub through a stream, with live progress and an account at the end.
 *
 * <p>Uses embedded services. With the system property {@code quickstart.services=azure} it uses the
 * real ones that EVENTHUBS_CONNECTION_STRING and STORAGE_CONNECTION_STRING name; EVENTHUB_NAME,
 * CONSUMER_GROUP and STORAGE_CONTAINER then say what to use in them.
 */
public final class Quickstart {

  /** The system property that chooses the services. */
  static final String SERVICES = "quickstart.services";

  private Quickstart() {}

  /**
   * Exits with 1 if an event was lost or anything else is not as promised.
   *
   * @param arguments the number of nodes: 1, or 3 and more
   */
  public static void main(String[] arguments) {
    System.exit(run(arguments.length == 0 ? 1 : Integer.parseInt(arguments[0])));
  }

  private static int run(int nodes) {
    QuickstartOptions options = QuickstartOptions.forNodes(nodes);
    Screen screen = Screen.standard();
    String choice = System.getProperty(SERVICES, Connections.EMBEDDED);
    try (Services services = Services.start(choice, System.getenv(), options.partitions())) {
      screen.say("");
      Connections.ignored(choice, System.getenv()).ifPresent(screen::say);
      screen.say(services + ";");
      screen.say(services.connections() + ".");
      Summary summary = new Demonstration(options, services.connections(), screen).run();
      return summary.isCorrect() ? 0 : 1;
    } catch (RuntimeException e) {
      screen.say("The quickstart has failed: " + e.getMessage());
      screen.say("More in " + System.getProperty("quickstart.log", "target/quickstart.log"));
      org.slf4j.LoggerFactory.getLogger(Quickstart.class).error("failed", e);
      return 1;
    }
  }
}
