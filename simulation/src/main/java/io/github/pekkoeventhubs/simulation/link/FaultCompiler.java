// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.link;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles the source files of a planted fault, in memory. */
final class FaultCompiler {

  private final Path sources;

  /**
   * @param sources the root of the connector's sources
   */
  FaultCompiler(Path sources) {
    this.sources = sources;
  }

  /** The byte code of the classes with the mistake, by their names. */
  Map<String, byte[]> compiled(PlantedFault fault) throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    for (PlantedFault.Passage passage : fault.passages()) {
      String before = texts.get(passage.file());
      String source = before == null ? Files.readString(sources.resolve(passage.file())) : before;
      texts.put(passage.file(), PlantedFault.planted(passage, source));
    }
    List<JavaFileObject> units = new ArrayList<>();
    texts.forEach((file, text) -> units.add(new Source(file, text)));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    try (Memory memory = new Memory(compiler.getStandardFileManager(problems, null, null))) {
      List<String> options = List.of("-proc:none", "-nowarn", "--release", "17");
      if (!compiler.getTask(null, memory, problems, options, null, units).call()) {
        throw new IllegalArgumentException(fault.name() + ": " + problems.getDiagnostics());
      }
      Map<String, byte[]> classes = new TreeMap<>();
      memory.classes.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
      return classes;
    }
  }

  private static final class Source extends SimpleJavaFileObject {

    private final String text;

    Source(String file, String text) {
      super(URI.create("string:///" + file), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {

    final Map<String, ByteArrayOutputStream> classes = new TreeMap<>();

    Memory(JavaFileManager next) {
      super(next);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(
          URI.create("memory:///" + className.replace('.', '/') + ".class"), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          classes.put(className, bytes);
          return bytes;
        }
      };
    }
  }
}
