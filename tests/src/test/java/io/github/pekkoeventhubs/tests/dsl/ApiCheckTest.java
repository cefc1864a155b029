// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that uses the whole DSL as its users do, with all the type inference that this takes.
 */
class ApiCheckTest {

  private static final JavaCompiler COMPILER = requireNonNull(ToolProvider.getSystemJavaCompiler());

  @TempDir Path output;

  @Test
  void aProgramOfAUserCompiles() throws Exception {
    Path program = Path.of(requireNonNull(getClass().getResource("/api-check/User.java")).toURI());
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    try (StandardJavaFileManager files =
        COMPILER.getStandardFileManager(problems, null, StandardCharsets.UTF_8)) {
      boolean compiled =
          COMPILER
              .getTask(
                  null,
                  files,
                  problems,
                  List.of("-proc:none", "-d", output.toString(), "-classpath", classPath()),
                  null,
                  files.getJavaFileObjects(program))
              .call();

      assertThat(problems.getDiagnostics())
          .filteredOn(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
          .isEmpty();
      assertThat(compiled).isTrue();
    }
  }

  /** Surefire hides the class path of the tests in a jar of its own. */
  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
