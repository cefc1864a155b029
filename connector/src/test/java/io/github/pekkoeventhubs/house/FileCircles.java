// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.house;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds the circles among source files: sets of files in which each one leads to each other by the
 * names that it uses. The strongly connected components are found by Tarjan's algorithm.
 */
final class FileCircles {

  private final Map<String, Set<String>> uses;
  private final Map<String, Integer> index = new HashMap<>();
  private final Map<String, Integer> low = new HashMap<>();
  private final Deque<String> open = new ArrayDeque<>();
  private final List<Set<String>> circles = new ArrayList<>();

  private FileCircles(Map<String, Set<String>> uses) {
    this.uses = uses;
  }

  /** All circles with more than one file; each holds qualified type names in order. */
  static List<Set<String>> among(Collection<SourceFile> files) {
    Map<String, SourceFile> byName =
        files.stream().collect(Collectors.toMap(SourceFile::qualifiedName, file -> file));
    Map<String, Set<String>> uses = new TreeMap<>();
    for (SourceFile file : files) {
      uses.put(file.qualifiedName(), usedBy(file, byName));
    }
    var search = new FileCircles(uses);
    uses.keySet().stream().filter(name -> !search.index.containsKey(name)).forEach(search::visit);
    return search.circles;
  }

  private static Set<String> usedBy(SourceFile file, Map<String, SourceFile> byName) {
    Set<String> used = new LinkedHashSet<>();
    for (String name : file.names()) {
      used.add(file.packageName() + "." + name);
      used.add(name);
    }
    for (String imported : file.imports()) {
      String type = imported;
      while (!byName.containsKey(type) && type.contains(".")) {
        type = type.substring(0, type.lastIndexOf('.'));
      }
      used.add(type);
    }
    used.retainAll(byName.keySet());
    used.remove(file.qualifiedName());
    return used;
  }

  private void visit(String name) {
    int number = index.size();
    index.put(name, number);
    low.put(name, number);
    open.push(name);
    for (String used : uses.getOrDefault(name, Set.of())) {
      if (!index.containsKey(used)) {
        visit(used);
        low.merge(name, low.getOrDefault(used, number), Math::min);
      } else if (open.contains(used)) {
        low.merge(name, index.getOrDefault(used, number), Math::min);
      }
    }
    if (low.getOrDefault(name, -1) == number) {
      Set<String> members = new TreeSet<>();
      String member;
      do {
        member = open.pop();
        members.add(member);
      } while (!member.equals(name));
      if (members.size() > 1) {
        circles.add(members);
      }
    }
  }
}
