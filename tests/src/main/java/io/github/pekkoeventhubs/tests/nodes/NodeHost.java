// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import com.azure.core.util.SharedExecutorService;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A program: runs one {@link HostedNode} at a time, as it is told on its standard input, and says
 * on its standard output what the node does. SIGTERM makes the node leave gracefully and ends the
 * process; the end of the standard input ends it at once, so that it does not outlive who started
 * it.
 */
public final class NodeHost {

  private final ReportWriter reports = new ReportWriter();
  private @Nullable HostedNode node;

  private NodeHost() {}

  public static void main(String[] args) throws IOException {
    // The standard output is for reports; a logger of last resort would write there too.
    System.setOut(System.err);
    SharedExecutorService.getInstance().setExecutorService(new PoolThatEndsEarly());
    NodeHost host = new NodeHost();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        host.obey(NodeCommand.parse(line));
      }
    } finally {
      Runtime.getRuntime().halt(1);
    }
  }

  private void obey(NodeCommand command) {
    if (command instanceof NodeCommand.Start start) {
      start(start);
    } else if (command instanceof NodeCommand.Measure) {
      measure();
    } else {
      HostedNode current = Objects.requireNonNull(node, "no node was started");
      if (command instanceof NodeCommand.Leave) {
        current.leave();
      } else if (command instanceof NodeCommand.StopStream) {
        current.stopStream();
      } else if (command instanceof NodeCommand.StartStream) {
        current.startStream();
      } else if (command instanceof NodeCommand.CutOff cutOff) {
        current.cutOff(cutOff.ports());
      } else if (command instanceof NodeCommand.Reconnect reconnect) {
        current.reconnect(reconnect.ports());
      } else if (command instanceof NodeCommand.Down down) {
        current.down(down.ports());
      }
    }
  }

  private void measure() {
    SeriesCount series = node == null ? SeriesCount.NONE : node.series();
    reports.write(new NodeReport.Measured(Resources.now(series), RemoteMessageCounter.sent()));
  }

  private void start(NodeCommand.Start command) {
    Config configuration =
        ConfigFactory.load(
            Arrays.stream(command.configuration().split("\\+", -1))
                .map(
                    resource ->
                        ConfigFactory.parseResourcesAnySyntax(
                            NodeHost.class.getClassLoader(), resource))
                .reduce(ConfigFactory.empty(), (earlier, later) -> later.withFallback(earlier)));
    LoggerFactory.getLogger(NodeHost.class).info("{} starts", command.name());
    HostedNode started =
        configuration.hasPath(ProcessorNode.SECTION)
            ? new ProcessorNode(command, configuration.getConfig(ProcessorNode.SECTION), reports)
            : new ConsumerNode(command, configuration, reports);
    node = started;
    started
        .whenEnded()
        .thenRun(
            () -> {
              if (!started.endsWithProcess()) {
                reports.write(new NodeReport.Ended());
              }
            });
    started.join(command.ports());
  }
}
