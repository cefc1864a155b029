// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.stream.javadsl.Sink;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * Writes the bill of each order into a database exactly once, with plain JDBC. The position of a
 * partition is a row of its own, which is written in the transaction of the bills. The transaction
 * locks that row and leaves out what is stored already: neither a crash between two writes nor an
 * earlier owner that wakes up late makes a second bill. Nothing is committed to Blob Storage.
 */
public final class ExactlyOnceBills {

  /** More partitions than an event hub has. */
  private static final int PARTITIONS = 2_048;

  private static final int BATCH = 100;
  private static final Duration WAIT = Duration.ofMillis(50);

  /** Bills and positions, for H2 and PostgreSQL. Methods block; safe for use by any thread. */
  public static final class BillTables {

    private static final long NOTHING = -1;

    private final DataSource database;

    /** Makes the tables where they are missing. */
    public BillTables(DataSource database) throws SQLException {
      this.database = database;
      try (Connection connection = database.getConnection()) {
        execute(
            connection,
            "CREATE TABLE IF NOT EXISTS positions"
                + " (partition_name VARCHAR PRIMARY KEY, last_number BIGINT NOT NULL)");
        execute(connection, "CREATE TABLE IF NOT EXISTS bills (order_text VARCHAR NOT NULL)");
      }
    }

    /** The sequence number of the last order of this partition that has a bill; -1 for none. */
    public long lastBilled(EventHubPartition partition) throws SQLException {
      try (Connection connection = database.getConnection()) {
        // So that there is a row to lock. Somebody else may make it at the same time.
        execute(
            connection,
            "INSERT INTO positions (partition_name, last_number)"
                + " SELECT CAST(? AS VARCHAR), -1"
                + " WHERE NOT EXISTS (SELECT 1 FROM positions WHERE partition_name = ?)",
            partition.toString(),
            partition.toString());
        return position(connection, partition, "");
      }
    }

    /**
     * Bills the orders that have no bill, in one transaction with the position behind them.
     *
     * @return the orders that were billed now
     */
    public List<String> bill(EventHubPartition partition, List<PartitionEvent> orders)
        throws SQLException {
      try (Connection connection = database.getConnection()) {
        connection.setAutoCommit(false);
        long last = position(connection, partition, " FOR UPDATE");
        List<String> billed = new ArrayList<>();
        for (PartitionEvent order : orders) {
          if (order.getData().getSequenceNumber() > last) {
            last = order.getData().getSequenceNumber();
            billed.add(order.getData().getBodyAsString());
            execute(
                connection,
                "INSERT INTO bills (order_text) VALUES (?)",
                order.getData().getBodyAsString());
          }
        }
        execute(
            connection,
            "UPDATE positions SET last_number = ? WHERE partition_name = ?",
            last,
            partition.toString());
        connection.commit();
        return billed;
      }
    }

    private static long position(Connection connection, EventHubPartition partition, String locked)
        throws SQLException {
      try (PreparedStatement statement =
          connection.prepareStatement(
              "SELECT last_number FROM positions WHERE partition_name = ?" + locked)) {
        statement.setString(1, partition.toString());
        try (ResultSet found = statement.executeQuery()) {
          return found.next() ? found.getLong(1) : NOTHING;
        }
      }
    }

    private static void execute(Connection connection, String sql, Object... values)
        throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        for (int i = 0; i < values.length; i++) {
          statement.setObject(i + 1, values[i]);
        }
        statement.executeUpdate();
      }
    }
  }

  private ExactlyOnceBills() {}

  /** Bills each order of the event hub, and calls {@code billed} after the transaction. */
  public static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system,
      ConsumerSettings settings,
      BillTables tables,
      java.util.function.Consumer<String> billed) {
    Executor mayBlock = system.dispatchers().lookup(DispatcherSelector.blocking());
    return Consumer.plainPartitionedManualOffsetSource(
            settings, Subscriptions.balanced(), assigned -> positions(tables, assigned, mayBlock))
        .mapAsyncUnordered(
            PARTITIONS,
            partition ->
                partition
                    .second()
                    .groupedWithin(BATCH, WAIT)
                    .mapAsync(
                        1,
                        orders ->
                            transaction(() -> tables.bill(partition.first(), orders), mayBlock))
                    .mapConcat(bills -> bills)
                    .map(
                        bill -> {
                          billed.accept(bill);
                          return bill;
                        })
                    .runWith(Sink.ignore(), system))
        .toMat(Sink.ignore(), Consumer::createDrainingControl)
        .run(system);
  }

  private static CompletionStage<Map<EventHubPartition, EventPosition>> positions(
      BillTables tables, Set<EventHubPartition> assigned, Executor mayBlock) {
    return transaction(
        () -> {
          Map<EventHubPartition, EventPosition> positions = new HashMap<>();
          for (EventHubPartition partition : assigned) {
            long last = tables.lastBilled(partition);
            if (last != BillTables.NOTHING) {
              positions.put(partition, EventPosition.fromSequenceNumber(last));
            }
          }
          return positions;
        },
        mayBlock);
  }

  private static <T> CompletionStage<T> transaction(Callable<T> work, Executor mayBlock) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.call();
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        },
        mayBlock);
  }

  /** Bills twenty orders of an embedded event hub in an embedded database, in two runs. */
  public static void main(String[] arguments) throws SQLException {
    JdbcConnectionPool database =
        JdbcConnectionPool.create("jdbc:h2:mem:exactly-once;DB_CLOSE_DELAY=-1", "", "");
    try (SampleServices services = SampleServices.start()) {
      BillTables tables = new BillTables(database);
      for (int streamNumber = 1; streamNumber <= 2; streamNumber++) {
        services.sendOrders(10);
        Consumer.DrainingControl<Done> control =
            run(
                services.system(),
                services.consumerSettings(),
                tables,
                order -> services.print("billed " + order));
        services.awaitLines(10);
        SampleServices.join(control.drainAndShutdown());
      }
    } finally {
      database.dispose();
    }
  }
}
