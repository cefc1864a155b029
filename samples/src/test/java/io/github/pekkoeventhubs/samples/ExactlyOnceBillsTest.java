// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkoeventhubs.javadsl.Consumer.DrainingControl;
import io.github.pekkoeventhubs.samples.ExactlyOnceBills.BillTables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.apache.pekko.Done;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** Each order has one bill, in H2 and, where it is installed, in PostgreSQL. */
class ExactlyOnceBillsTest {

  @Test
  void inH2() throws SQLException {
    JdbcDataSource database = new JdbcDataSource();
    database.setUrl("jdbc:h2:mem:bills;DB_CLOSE_DELAY=-1");
    eachOrderHasOneBill(database);
  }

  @Test
  void inPostgreSqlWhereItIsInstalled() throws Exception {
    assumeTrue(PostgreSql.isInstalled(), "PostgreSQL is not installed");
    try (PostgreSql server = PostgreSql.start()) {
      eachOrderHasOneBill(server.database());
    }
  }

  /** Over a transaction that fails between its bills and its position, and over restarts. */
  private static void eachOrderHasOneBill(DataSource database) throws SQLException {
    try (SampleServices services = SampleServices.start()) {
      BillTables tables = new BillTables(database);
      services.sendOrders(20);
      DrainingControl<Done> before = run(services, tables);
      services.awaitLines(20);
      SampleServices.join(before.drainAndShutdown());

      services.sendOrders(20);
      AtomicBoolean hasFailed = new AtomicBoolean();
      BillTables failing =
          new BillTables(FailingDatabase.of(database, "UPDATE positions", hasFailed));
      DrainingControl<Done> failed =
          ExactlyOnceBills.run(
              services.system(), services.consumerSettings(), failing, order -> {});
      assertThat(failed.streamCompletion().toCompletableFuture())
          .failsWithin(Duration.ofSeconds(30));
      assertThat(hasFailed).isTrue();
      assertThat(bills(database)).as("some are missing").hasSizeBetween(20, 39);
      SampleServices.join(failed.isShutdown());

      int missing = 40 - bills(database).size();
      DrainingControl<Done> after = run(services, tables);
      services.awaitLines(missing);
      SampleServices.join(after.drainAndShutdown());
      assertThat(bills(database))
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 40).mapToObj(number -> "order " + number).toList());
    }
  }

  private static DrainingControl<Done> run(SampleServices services, BillTables tables) {
    return ExactlyOnceBills.run(
        services.system(),
        services.consumerSettings(),
        tables,
        order -> services.print("billed " + order));
  }

  private static List<String> bills(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT order_text FROM bills")) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }
}
