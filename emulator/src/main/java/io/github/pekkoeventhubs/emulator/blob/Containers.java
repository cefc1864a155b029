// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The containers of the account, in order of name. */
final class Containers {

  private final TreeMap<String, Container> containers = new TreeMap<>();

  synchronized void create(Container container) {
    if (containers.putIfAbsent(container.name(), container) != null) {
      throw StorageError.containerAlreadyExists();
    }
  }

  synchronized Container get(String name) {
    Container container = containers.get(name);
    if (container == null) {
      throw StorageError.containerNotFound();
    }
    return container;
  }

  synchronized void delete(String name) {
    get(name).delete();
    containers.remove(name);
  }

  synchronized List<Container> withPrefix(String prefix) {
    List<Container> found = new ArrayList<>();
    for (Container container : containers.tailMap(prefix, true).values()) {
      if (!container.name().startsWith(prefix)) {
        break;
      }
      found.add(container);
    }
    return found;
  }
}
