// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A command for Maven in its parts; how much it prints does not count.
 *
 * @param alsoMake whether the modules that they need are built, too
 */
record MavenCommand(
    Set<String> profiles,
    Set<String> goals,
    Set<String> modules,
    Map<String, String> properties,
    boolean alsoMake) {

  private static final Set<String> QUIET = Set.of("-q", "--quiet", "-o", "--batch-mode");

  /** Each does what those before it do. */
  private static final List<String> PHASES =
      List.of("validate", "compile", "test", "package", "verify", "install");

  static MavenCommand of(String text) {
    Set<String> profiles = new TreeSet<>();
    Set<String> goals = new TreeSet<>();
    Set<String> modules = new TreeSet<>();
    Map<String, String> properties = new TreeMap<>();
    boolean alsoMake = false;
    List<String> words = List.of(text.split("\\s+"));
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("-pl")) {
        i++;
        modules.addAll(List.of(words.get(i).split(",")));
      } else if (word.equals("-am")) {
        alsoMake = true;
      } else if (word.startsWith("-D")) {
        String[] property = word.substring(2).split("=", 2);
        properties.put(property[0], property.length == 1 ? "" : property[1]);
      } else if (word.startsWith("-P")) {
        profiles.addAll(List.of(word.substring(2).split(",")));
      } else if (!QUIET.contains(word)) {
        goals.add(word);
      }
    }
    return new MavenCommand(profiles, goals, modules, properties, alsoMake);
  }

  /**
   * Whether this does what the other one does: as much of the build, of at least its modules, with
   * its profiles, and with each of its properties, whose values may be others. What is not compiled
   * is not tested.
   */
  boolean does(MavenCommand other) {
    boolean hasModules =
        (modules.equals(other.modules) && alsoMake == other.alsoMake)
            || (modules.isEmpty() && (other.modules.isEmpty() || other.alsoMake));
    return profiles.equals(other.profiles)
        && hasModules
        && reaches(other.goals)
        && properties.keySet().containsAll(other.properties.keySet())
        && properties.containsKey("skipTests") == other.properties.containsKey("skipTests");
  }

  private boolean reaches(Set<String> others) {
    return goals.equals(others)
        || (goals.size() == 1
            && others.size() == 1
            && PHASES.containsAll(goals)
            && PHASES.containsAll(others)
            && PHASES.indexOf(others.iterator().next()) <= PHASES.indexOf(goals.iterator().next()));
  }

  /** Whether it runs one test of one module, as the other one does with another test. */
  boolean runsOneTestAs(MavenCommand other) {
    return runsOneTest()
        && other.runsOneTest()
        && profiles.equals(other.profiles)
        && alsoMake == other.alsoMake
        && goals.equals(other.goals)
        && properties.keySet().containsAll(other.properties.keySet());
  }

  private boolean runsOneTest() {
    return goals.equals(Set.of("test")) && modules.size() == 1 && properties.containsKey("test");
  }
}
