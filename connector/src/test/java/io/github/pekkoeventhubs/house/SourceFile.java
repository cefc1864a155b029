// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.house;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Modifier;
import javax.tools.ToolProvider;

/**
 * A parsed Java source file: how long its types and methods are, and which names it uses.
 *
 * @param path where the file is
 * @param packageName its package
 * @param lines how many lines the file has
 * @param methods the methods and constructors with a body, with their lengths
 * @param names the simple names that its code uses, those of its imports included
 * @param imports the fully qualified names that it imports
 * @param hasSealedType whether its first type is sealed
 * @param factoryTypes the simple names of what static methods of its interfaces create
 * @param superTypes the simple names of what its types extend or implement
 */
record SourceFile(
    Path path,
    String packageName,
    int lines,
    List<Method> methods,
    Set<String> names,
    Set<String> imports,
    boolean hasSealedType,
    Set<String> factoryTypes,
    Set<String> superTypes) {

  /** A method and the number of its lines, from its first annotation to its closing brace. */
  record Method(String name, int line, int lines) {}

  /** Parses files. A file that does not parse fails the test. */
  static List<SourceFile> parse(List<Path> paths) {
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var fileManager = compiler.getStandardFileManager(null, null, null)) {
      var task =
          (JavacTask)
              compiler.getTask(
                  null,
                  fileManager,
                  null,
                  List.of("-proc:none"),
                  null,
                  fileManager.getJavaFileObjectsFromPaths(paths));
      var positions = Trees.instance(task).getSourcePositions();
      List<SourceFile> files = new ArrayList<>();
      for (CompilationUnitTree unit : task.parse()) {
        files.add(read(unit, positions));
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name of the file's main type. */
  String typeName() {
    return path.getFileName().toString().replace(".java", "");
  }

  String qualifiedName() {
    return packageName + "." + typeName();
  }

  private static SourceFile read(CompilationUnitTree unit, SourcePositions positions) {
    var reader = new Reader(unit, positions);
    reader.scan(unit, null);
    long end = positions.getEndPosition(unit, unit);
    return new SourceFile(
        Path.of(unit.getSourceFile().toUri()),
        unit.getPackageName() == null ? "" : unit.getPackageName().toString(),
        (int) unit.getLineMap().getLineNumber(end),
        List.copyOf(reader.methods),
        reader.names,
        reader.imports,
        reader.hasSealedType,
        reader.factoryTypes,
        reader.superTypes);
  }

  private static final class Reader extends TreeScanner<Void, Void> {

    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<Method> methods = new ArrayList<>();
    private final Set<String> names = new LinkedHashSet<>();
    private final Set<String> imports = new LinkedHashSet<>();
    private final Set<String> superTypes = new LinkedHashSet<>();
    private final Set<String> factoryTypes = new LinkedHashSet<>();
    private boolean hasSealedType;
    private boolean inInterface;
    private boolean inFactory;

    private Reader(CompilationUnitTree unit, SourcePositions positions) {
      this.unit = unit;
      this.positions = positions;
    }

    @Override
    public Void visitImport(ImportTree tree, Void unused) {
      imports.add(tree.getQualifiedIdentifier().toString());
      return null;
    }

    @Override
    public Void visitClass(ClassTree tree, Void unused) {
      if (tree.getModifiers().getFlags().contains(Modifier.SEALED)) {
        hasSealedType = true;
      }
      tree.getImplementsClause().forEach(type -> superTypes.add(simpleName(type)));
      if (tree.getExtendsClause() != null) {
        superTypes.add(simpleName(tree.getExtendsClause()));
      }
      boolean outer = inInterface;
      inInterface = tree.getKind() == Tree.Kind.INTERFACE;
      super.visitClass(tree, null);
      inInterface = outer;
      return null;
    }

    @Override
    public Void visitMethod(MethodTree tree, Void unused) {
      if (tree.getBody() != null) {
        long first = line(positions.getStartPosition(unit, tree));
        long last = line(positions.getEndPosition(unit, tree));
        methods.add(new Method(tree.getName().toString(), (int) first, (int) (last - first + 1)));
      }
      boolean outer = inFactory;
      inFactory = inInterface && tree.getModifiers().getFlags().contains(Modifier.STATIC);
      super.visitMethod(tree, null);
      inFactory = outer;
      return null;
    }

    @Override
    public Void visitNewClass(NewClassTree tree, Void unused) {
      if (inFactory) {
        factoryTypes.add(simpleName(tree.getIdentifier()));
      }
      return super.visitNewClass(tree, null);
    }

    @Override
    public Void visitIdentifier(IdentifierTree tree, Void unused) {
      names.add(tree.getName().toString());
      return super.visitIdentifier(tree, null);
    }

    @Override
    public Void visitMemberSelect(MemberSelectTree tree, Void unused) {
      names.add(tree.toString());
      return super.visitMemberSelect(tree, null);
    }

    private long line(long position) {
      return unit.getLineMap().getLineNumber(position);
    }

    private static String simpleName(Tree type) {
      String text = type.toString();
      int parameters = text.indexOf('<');
      String raw = parameters < 0 ? text : text.substring(0, parameters);
      return raw.substring(raw.lastIndexOf('.') + 1);
    }
  }
}
