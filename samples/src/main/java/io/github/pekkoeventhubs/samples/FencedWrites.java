// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * Writes to a database so that a process that was paused in the middle of its work cannot overwrite
 * what its successor has written. Each row keeps the fencing token of the epoch that has written
 * it, and a write with a lower token is refused.
 */
public final class FencedWrites {

  /**
   * The states of orders, one row each. An order's events must all come from one partition, as with
   * the order's id as the partition key: tokens of different partitions say nothing about each
   * other. Methods block; safe for use by any thread.
   */
  public static final class OrderStates {

    private static final String UPDATE =
        "UPDATE order_states SET state = ?, token = ? WHERE id = ? AND token <= ?";
    private static final String INSERT =
        "INSERT INTO order_states (state, token, id) VALUES (?, ?, ?)";

    private final DataSource database;

    /** Keeps the states in a table of this database, which is created where it is missing. */
    public OrderStates(DataSource database) throws SQLException {
      this.database = database;
      try (Connection connection = database.getConnection()) {
        execute(
            connection,
            "CREATE TABLE IF NOT EXISTS order_states"
                + " (id VARCHAR PRIMARY KEY, state VARCHAR NOT NULL, token BIGINT NOT NULL)");
      }
    }

    /**
     * Stores the state of an order, each attempt by one statement, so that no lock outlives a pause
     * of this process.
     *
     * @return false if a later epoch of the partition has stored a state of the order before
     */
    public boolean store(String id, String state, long token) throws SQLException {
      try (Connection connection = database.getConnection()) {
        if (execute(connection, UPDATE, state, token, id, token) == 1) {
          return true;
        }
        try {
          return execute(connection, INSERT, state, token, id) == 1;
        } catch (SQLException refused) {
          if (!isTaken(refused)) {
            throw refused;
          }
          // The row has a higher token, or was inserted by somebody else just now.
          return execute(connection, UPDATE, state, token, id, token) == 1;
        }
      }
    }

    /**
     * Whether a constraint was violated. This is class 23 of the SQL standard in every database,
     * whereas not every driver throws {@code SQLIntegrityConstraintViolationException}.
     */
    private static boolean isTaken(SQLException refused) {
      String state = refused.getSQLState();
      return state != null && state.startsWith("23");
    }

    private static int execute(Connection connection, String sql, Object... values)
        throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        for (int i = 0; i < values.length; i++) {
          statement.setObject(i + 1, values[i]);
        }
        return statement.executeUpdate();
      }
    }

    /** The stored state of an order. */
    public Optional<String> state(String id) throws SQLException {
      try (Connection connection = database.getConnection();
          PreparedStatement statement =
              connection.prepareStatement("SELECT state FROM order_states WHERE id = ?")) {
        statement.setString(1, id);
        try (ResultSet found = statement.executeQuery()) {
          return found.next() ? Optional.of(found.getString(1)) : Optional.empty();
        }
      }
    }
  }

  /** The work on an order. */
  public interface Billing {

    /** Bills it, and returns whether its state was stored. */
    boolean bill(CommittableEvent order) throws SQLException;
  }

  private FencedWrites() {}

  /** Bills one order after the other, on threads that may block. */
  public static Consumer.DrainingControl<Done> run(
      ActorSystem<?> system, ConsumerSettings settings, Billing billing) {
    Executor mayBlock = system.dispatchers().lookup(DispatcherSelector.blocking());
    return Consumer.committableSource(settings, Subscriptions.balanced())
        .mapAsync(1, order -> billed(system, order, billing, mayBlock))
        .toMat(Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
        .run(system);
  }

  private static CompletionStage<CommittableOffset> billed(
      ActorSystem<?> system, CommittableEvent order, Billing billing, Executor mayBlock) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            if (!billing.bill(order)) {
              // The successor has done it; the commit will be refused, too.
              system.log().info("{} has another owner by now: nothing was written", order);
            }
            return order.committableOffset();
          } catch (SQLException e) {
            throw new CompletionException(e);
          }
        },
        mayBlock);
  }

  /** Bills twenty orders of an embedded event hub in an embedded database. */
  public static void main(String[] arguments) throws SQLException {
    JdbcConnectionPool database =
        JdbcConnectionPool.create("jdbc:h2:mem:billing;DB_CLOSE_DELAY=-1", "", "");
    try (SampleServices services = SampleServices.start()) {
      OrderStates states = new OrderStates(database);
      services.sendOrders(20);
      Consumer.DrainingControl<Done> control =
          run(
              services.system(),
              services.consumerSettings(),
              order -> {
                String id = order.event().getBodyAsString();
                long token = order.fencingToken();
                boolean isStored = states.store(id, "billed", token);
                services.print(
                    "%s is %s, stored with token %d"
                        .formatted(id, states.state(id).orElseThrow(), token));
                return isStored;
              });
      services.awaitLines(20);
      SampleServices.join(control.drainAndShutdown());
    } finally {
      database.dispose();
    }
  }
}
