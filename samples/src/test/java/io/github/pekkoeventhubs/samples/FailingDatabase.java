// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/** A database that refuses the first statement of a kind. */
final class FailingDatabase {

  private FailingDatabase() {}

  /** The same database, which refuses one statement that begins like this. */
  static DataSource of(DataSource database, String begin, AtomicBoolean hasFailed) {
    return proxy(
        DataSource.class,
        database,
        (method, result) ->
            method.equals("getConnection") && result instanceof Connection connection
                ? failing(connection, begin, hasFailed)
                : result);
  }

  private static Connection failing(Connection connection, String begin, AtomicBoolean hasFailed) {
    return (Connection)
        Proxy.newProxyInstance(
            FailingDatabase.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, arguments) -> {
              if (method.getName().equals("prepareStatement")
                  && arguments[0].toString().startsWith(begin)
                  && hasFailed.compareAndSet(false, true)) {
                throw new SQLException("The statement was refused: " + arguments[0]);
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private interface Answer {
    Object of(String method, Object result);
  }

  private static <T> T proxy(Class<T> type, T delegate, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            FailingDatabase.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                answer.of(method.getName(), method.invoke(delegate, arguments))));
  }
}
