// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.samples.FencedWrites.OrderStates;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** An earlier owner overwrites nothing, in H2 and, where it is installed, in PostgreSQL. */
class FencedWritesTest {

  @Test
  void inH2() throws SQLException {
    JdbcDataSource database = new JdbcDataSource();
    database.setUrl("jdbc:h2:mem:fenced;DB_CLOSE_DELAY=-1");
    anEarlierOwnerIsRefused(database);
  }

  @Test
  void inPostgreSqlWhereItIsInstalled() throws Exception {
    if (PostgreSql.isInstalled()) {
      try (PostgreSql server = PostgreSql.start()) {
        anEarlierOwnerIsRefused(server.database());
      }
    } else {
      System.out.println("PostgreSQL is not installed: fenced in H2 only");
    }
  }

  private static void anEarlierOwnerIsRefused(DataSource database) throws SQLException {
    OrderStates states = new OrderStates(database);
    assertThat(states.store("order 1", "billed", 2)).isTrue();
    assertThat(states.store("order 1", "overwritten", 1)).isFalse();
    assertThat(states.state("order 1")).hasValue("billed");

    assertThat(states.store("order 1", "sent", 2)).as("the same owner").isTrue();
    assertThat(states.store("order 1", "paid", 3)).as("the next owner").isTrue();
    assertThat(states.state("order 1")).hasValue("paid");
  }

  @Test
  void anotherFailureOfTheDatabaseIsNotTakenForARefusal() throws SQLException {
    JdbcDataSource database = new JdbcDataSource();
    database.setUrl("jdbc:h2:mem:failing;DB_CLOSE_DELAY=-1");
    AtomicBoolean hasFailed = new AtomicBoolean();
    OrderStates states =
        new OrderStates(FailingDatabase.of(database, "INSERT INTO order_states", hasFailed));

    assertThatThrownBy(() -> states.store("order 1", "billed", 1)).isInstanceOf(SQLException.class);
    assertThat(hasFailed).isTrue();
    assertThat(states.state("order 1")).isEmpty();
  }
}
