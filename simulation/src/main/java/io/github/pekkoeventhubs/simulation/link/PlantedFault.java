// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A mistake that somebody could make in the connector: passages of its source, and what stands
 * there instead. The classes of a world are compiled with it; the connector itself does not know of
 * it.
 *
 * @param name the name of its file
 * @param mistake what is wrong, in a sentence
 */
record PlantedFault(String name, String mistake, List<Passage> passages) {

  private static final String ENDING = ".fault";

  /**
   * A passage.
   *
   * @param file the source file, below the root of the sources
   */
  record Passage(String file, String right, String wrong) {}

  /** The worlds in which it can be seen. */
  WorldWorker.Mode mode() {
    boolean isOfCluster =
        passages.stream().anyMatch(passage -> passage.file().contains("/sharded/"));
    return isOfCluster ? WorldWorker.Mode.SHARDED : WorldWorker.Mode.BALANCED;
  }

  /** All faults of a folder, in the order of their names. */
  static List<PlantedFault> allOf(Path folder) throws IOException {
    List<PlantedFault> faults = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(ENDING)).sorted().toList()) {
        faults.add(read(file));
      }
    }
    return faults;
  }

  /**
   * The mistake comes first; each passage is {@code --- file}, the right text, {@code +++}, the
   * wrong one.
   */
  private static PlantedFault read(Path path) throws IOException {
    String name = String.valueOf(path.getFileName()).replace(ENDING, "");
    String[] parts = Files.readString(path).split("(?m)^--- ", -1);
    List<Passage> passages = new ArrayList<>();
    for (int i = 1; i < parts.length; i++) {
      int line = parts[i].indexOf('\n');
      String[] texts = parts[i].substring(line + 1).split("(?m)^\\+\\+\\+\n", -1);
      if (texts.length != 2) {
        throw new IllegalArgumentException(path + " needs one line '+++' in each passage");
      }
      passages.add(new Passage(parts[i].substring(0, line).trim(), texts[0], texts[1]));
    }
    return new PlantedFault(name, parts[0].trim(), passages);
  }

  /** The source of the file with the mistake. */
  static String planted(Passage passage, String source) {
    int at = source.indexOf(passage.right());
    if (passage.right().isBlank() || at < 0 || source.indexOf(passage.right(), at + 1) >= 0) {
      throw new IllegalArgumentException(
          passage.file() + " does not have this passage exactly once:\n" + passage.right());
    }
    return source.replace(passage.right(), passage.wrong());
  }
}
