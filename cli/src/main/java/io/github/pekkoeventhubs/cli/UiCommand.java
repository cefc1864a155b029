// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import io.github.pekkoeventhubs.page.EventHubsPage;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "ui",
    description =
        "Serve a page that shows event hubs, consumer groups and events in a browser. It"
            + " changes nothing.",
    footer = {
      "",
      "It shows the consumer groups that have something in the container; without a",
      "storage account only event hubs and events. Whoever opens the page sees events:",
      "it is there for this machine only, unless --bind names another address.",
      "",
      "Examples:",
      "  eventhubs ui orders",
      "  eventhubs ui orders payments --port 9000 --read-through inspection"
    })
final class UiCommand extends ServiceCommand {

  @Parameters(
      arity = "0..*",
      paramLabel = "HUB",
      description = "The event hubs; by default that of the connection string.")
  private @Nullable List<String> hubs;

  @Option(
      names = "--group",
      paramLabel = "GROUP",
      split = ",",
      description = "Show this consumer group also while it has nothing in the container.")
  private @Nullable List<String> groups;

  @Option(
      names = "--read-through",
      paramLabel = "GROUP",
      defaultValue = Groups.DEFAULT,
      description =
          "The consumer group through which events are read, $Default if none is named. The"
              + " service refuses one in which an owner reads.")
  private String readThrough = Groups.DEFAULT;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8090",
      description = "Where the page is; 8090 by default, 0 for any that is free.")
  private int port;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Listen on this address; by default 127.0.0.1, for this machine only.")
  private String address = "127.0.0.1";

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description =
          "Ask the services at most so often, and only while a browser shows the page; 2 by"
              + " default.")
  private int interval;

  UiCommand(Terminal terminal, SecretFilter secrets) {
    super(terminal, secrets);
  }

  @Override
  void check() {
    if (port < 0 || port > 65_535) {
      throw new UsageException("--port must be from 0 to 65535, and not " + port);
    }
    if (interval < 1) {
      throw new UsageException("--interval must be at least 1 second, and not " + interval);
    }
    listenAddress();
  }

  private InetAddress listenAddress() {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new UsageException(
          "--bind must be an address of this machine, and not '" + address + "'");
    }
  }

  @Override
  int run(Session session) throws InterruptedException {
    NamespacePage data =
        new NamespacePage(
            session,
            hubs == null ? List.of() : hubs,
            groups == null ? List.of() : groups,
            readThrough,
            Duration.ofSeconds(interval));
    // What is wrong now is said here, and not on a page.
    data.read();
    EventHubsPage page = new EventHubsPage("Event Hubs", data);
    try (PageServer server = PageServer.start(listenAddress(), port, page)) {
      if (!session.hasStorage()) {
        session.warn("no storage account is given: owners and checkpoints are not shown");
      }
      if (!server.isForThisMachineOnly()) {
        session.warn("everybody who reaches " + address + " can read the events");
      }
      terminal().out().println("The page is at " + server.location() + " until Ctrl-C.");
      terminal().out().flush();
      new CountDownLatch(1).await();
      return ExitCode.OK;
    }
  }
}
