// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The folder that holds all modules, and the files of its sources and documents. */
final class Repository {

  private Repository() {}

  /** The repository's folder. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve(".mvn"))) {
      Path parent = folder.getParent();
      if (parent == null) {
        throw new IllegalStateException("no folder above the working directory holds .mvn");
      }
      folder = parent;
    }
    return folder;
  }

  /** The Java files below a source root, such as {@code src/main/java}, of all modules. */
  static List<Path> javaFiles(String sourceRoot) {
    List<Path> files = new ArrayList<>();
    for (Path module : children(root())) {
      Path sources = module.resolve(sourceRoot);
      if (Files.exists(module.resolve("pom.xml")) && Files.isDirectory(sources)) {
        files.addAll(below(sources, ".java"));
      }
    }
    return files;
  }

  /** What users read: the guides, and the Markdown files of the repository's own folder. */
  static List<Path> documents() {
    List<Path> files = new ArrayList<>(below(root().resolve("docs"), ".md"));
    children(root()).stream().filter(path -> path.toString().endsWith(".md")).forEach(files::add);
    return files;
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> children(Path folder) {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> below(Path folder, String ending) {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.filter(path -> path.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
