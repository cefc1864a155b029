// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.fencing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** The states of orders in a table that does not know which owner has written them. */
record UnfencedStates(DataSource database) {

  UnfencedStates {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS unfenced_states (id VARCHAR PRIMARY KEY, state VARCHAR)");
    } catch (SQLException e) {
      throw new IllegalStateException("the table cannot be created", e);
    }
  }

  void store(String id, String state) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "MERGE INTO unfenced_states (id, state) KEY (id) VALUES (?, ?)")) {
      statement.setString(1, id);
      statement.setString(2, state);
      statement.executeUpdate();
    }
  }

  /** Fails if the order has no state. */
  String state(String id) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("SELECT state FROM unfenced_states WHERE id = ?")) {
      statement.setString(1, id);
      try (ResultSet found = statement.executeQuery()) {
        found.next();
        return found.getString(1);
      }
    }
  }
}
