// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.fencing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.samples.FencedWrites.OrderStates;
import io.github.pekkoeventhubs.testkit.process.JavaProcess;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * A process is frozen in the middle of its work on an event (SIGSTOP) for so long that another one
 * claims its partition and goes on. Then it wakes up and writes to the database of both.
 */
@DisabledOnOs(OS.WINDOWS)
class FencedWritesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path LOGS = Path.of("target", "node-logs", "fenced-writes");
  private static final String DATABASE = "mem:fenced-writes;DB_CLOSE_DELAY=-1";

  private final EmbeddedServices services = new EmbeddedServices(1);
  private final List<Writer> writers = new ArrayList<>();
  private final JdbcDataSource database = new JdbcDataSource();
  private Server server;

  @BeforeEach
  void startDatabase() throws SQLException, IOException {
    Files.createDirectories(LOGS);
    database.setUrl("jdbc:h2:" + DATABASE);
    server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
  }

  @AfterEach
  void stop() {
    writers.forEach(writer -> writer.process.close());
    server.stop();
    services.close();
  }

  @Test
  void aProcessThatWasFrozenInItsWorkIsRefusedAndWithoutTheTokenItsWriteIsAStaleRow()
      throws SQLException {
    OrderStates fenced = new OrderStates(database);
    UnfencedStates unfenced = new UnfencedStates(database);
    send("order-7 reserved");
    Writer paused = start("paused");
    await().atMost(PATIENCE).until(() -> paused.token(0).isPresent());
    paused.process.signal("STOP");

    Writer successor = start("successor");
    successor.process.tell("go");
    successor.awaitStored(0, true);
    send("order-7 shipped");
    successor.awaitStored(1, true);
    assertThat(fenced.state("order-7")).contains("shipped");
    assertThat(unfenced.state("order-7")).isEqualTo("shipped");

    paused.process.tell("go");
    paused.process.signal("CONT");
    paused.awaitStored(0, false);

    // On a busy machine the successor may have had to claim again in between.
    assertThat(successor.token(1).getAsLong())
        .isGreaterThanOrEqualTo(successor.token(0).getAsLong());
    assertThat(successor.token(0).getAsLong()).isGreaterThan(paused.token(0).getAsLong());
    assertThat(fenced.state("order-7")).contains("shipped");
    assertThat(unfenced.state("order-7")).as("the stale row").isEqualTo("reserved");
  }

  private void send(String body) {
    services.eventHubs().send(EmbeddedServices.EVENT_HUB, "0", new EventData(body));
  }

  private Writer start(String name) {
    Writer writer =
        new Writer(
            JavaProcess.of(WritingNode.class)
                .withOptions(
                    "-Xmx128m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Dlogback.configurationFile=consumer-node-logback.xml",
                    "-Dpekko.eventhubs.consumer.connection-string="
                        + services.eventHubs().connectionString(),
                    "-Dpekko.eventhubs.partition-store.blob.connection-string="
                        + services.blobs().connectionString())
                .withArguments("jdbc:h2:tcp://localhost:" + server.getPort() + "/" + DATABASE)
                .withErrorsTo(LOGS.resolve(name + ".log"))
                .start(name));
    writers.add(writer);
    return writer;
  }

  /** A {@link WritingNode} as the test sees it. */
  private static final class Writer {
    private final JavaProcess process;
    private final Queue<String> reports = new ConcurrentLinkedQueue<>();

    Writer(JavaProcess process) {
      this.process = process;
      process.readReports(reports::add, () -> {});
    }

    /** The token with which the work on an event has begun; empty before. */
    OptionalLong token(long sequenceNumber) {
      String beginning = "working " + sequenceNumber + " ";
      return reports.stream()
          .filter(report -> report.startsWith(beginning))
          .mapToLong(report -> Long.parseLong(report.substring(beginning.length())))
          .findFirst();
    }

    void awaitStored(long sequenceNumber, boolean isStored) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(reports)
                      .as("reports of " + process)
                      .contains("stored " + sequenceNumber + " " + isStored));
    }
  }
}
