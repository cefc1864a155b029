// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The text of the sources of all modules, by their paths. */
final class RepositorySources {

  private static final Set<String> NO_SOURCES =
      Set.of("target", ".git", "node_modules", "dist", "docs");

  private final Map<String, String> files = new TreeMap<>();

  private RepositorySources() {}

  /** The files of the repository with one of these endings, but for pages and what was built. */
  static RepositorySources ending(String... endings) {
    RepositorySources sources = new RepositorySources();
    try {
      Files.walkFileTree(
          Block.ROOT,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return NO_SOURCES.contains(folder.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              for (String ending : endings) {
                if (file.toString().endsWith(ending)) {
                  sources.files.put(Block.ROOT.relativize(file).toString(), Block.read(file));
                }
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sources;
  }

  Map<String, String> files() {
    return files;
  }

  /** Whether a file has these lines one after the other, whatever their indentation. */
  boolean haveLines(String text) {
    String wanted = "\n" + stripped(text) + "\n";
    return files.values().stream()
        .anyMatch(file -> ("\n" + stripped(file) + "\n").contains(wanted));
  }

  boolean haveText(String text) {
    return files.values().stream().anyMatch(file -> file.contains(text));
  }

  boolean haveClass(String simpleName) {
    return files.keySet().stream().anyMatch(path -> path.endsWith("/" + simpleName + ".java"));
  }

  private static String stripped(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).collect(joining("\n"));
  }
}
