// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.lang.reflect.Field;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The counts of a process, and the listeners it remembers. A run begins with a new process, so that
 * names, and with them orders, do not depend on the runs before.
 */
final class ProcessCounters {

  private static final String CONNECTOR = "io.github.pekkoeventhubs.";

  private record Place(String className, String field) {}

  private static final List<Place> PLACES =
      List.of(
          new Place(CONNECTOR + "commit.CommitterLogic", "INSTANCES"),
          new Place(CONNECTOR + "receive.ConsumerSource", "IDS"),
          new Place(CONNECTOR + "ownership.EpochIdentity", "NUMBERS"),
          new Place(CONNECTOR + "threads.FatalErrors", "LISTENERS"));

  private ProcessCounters() {}

  static void reset() {
    PLACES.forEach(ProcessCounters::reset);
    resetStreamNames();
  }

  private static void reset(Place place) {
    try {
      Object value = accessible(Class.forName(place.className()), place.field()).get(null);
      if (value instanceof AtomicLong count) {
        count.set(0);
      } else if (value instanceof Collection<?> listeners) {
        listeners.clear();
      } else {
        throw new IllegalStateException("no counter: " + place);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no counter any more: " + place, e);
    }
  }

  /** Pekko numbers the supervisors of streams over all actor systems of a process. */
  private static void resetStreamNames() {
    try {
      Class<?> supervisor = Class.forName("org.apache.pekko.stream.impl.StreamSupervisor$");
      Object names = accessible(supervisor, "actorName").get(null);
      ((AtomicLong) accessible(names.getClass(), "counter").get(names)).set(0);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Pekko counts its streams in another way", e);
    }
  }

  private static Field accessible(Class<?> owner, String name) throws NoSuchFieldException {
    Field field = owner.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
