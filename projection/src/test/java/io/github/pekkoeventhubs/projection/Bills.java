// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.projection;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/** A table that takes the same bill twice, so that repetitions are seen. */
final class Bills implements AutoCloseable {

  private final JdbcConnectionPool database;

  Bills(String name) throws SQLException {
    database = JdbcConnectionPool.create("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1", "", "");
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE bills (text VARCHAR NOT NULL)");
    }
  }

  DataSource database() {
    return database;
  }

  static void add(Connection connection, String text) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO bills (text) VALUES (?)")) {
      statement.setString(1, text);
      statement.executeUpdate();
    }
  }

  List<String> all() {
    List<String> found = new ArrayList<>();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT text FROM bills")) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return found;
  }

  @Override
  public void close() {
    database.dispose();
  }
}
