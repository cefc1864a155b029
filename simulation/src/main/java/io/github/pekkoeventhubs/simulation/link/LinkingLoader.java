// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.link;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Loads everything but the JDK anew for one worker: the connector, Pekko and the worlds. Their byte
 * code is that of the class path, apart from the calls that {@link Redirections} names. A planted
 * fault replaces whole classes.
 */
final class LinkingLoader extends URLClassLoader {

  static {
    registerAsParallelCapable();
  }

  private static final String OURS = "io.github.pekkoeventhubs.";
  private static final String SIMULATION = OURS + "simulation.";
  private static final String LINK = SIMULATION + "link.";

  /** The JDK, and what decides what is loaded; not the rest of the worlds. */
  private static final List<String> SHARED =
      List.of("java.", "javax.", "jdk.", "sun.", "com.sun.", LINK, "org.objectweb.asm.");

  /** Packages of libraries whose clocks and random numbers matter in a world. */
  private static final List<String> LINKED_LIBRARIES =
      List.of("org.apache.pekko.", "scala.concurrent.", "com.azure.messaging.eventhubs.");

  /** The stages of Java that are made of Scala's futures, as those of Pekko's sinks are. */
  private static final String STAGES_OF_SCALA = "scala.concurrent.impl.FutureConvertersImpl$CF";

  /** These may make threads and read clocks: no world runs them. */
  private static final List<String> REAL_SERVICES =
      List.of(
          OURS + "threads.",
          OURS + "blob.",
          OURS + "accesstoken.",
          OURS + "produce.",
          OURS + "simulation.");

  private final Map<String, byte[]> replaced;

  /**
   * @param replaced byte code by class name, in the place of what the class path has
   */
  LinkingLoader(Map<String, byte[]> replaced) {
    super(classPath(), LinkingLoader.class.getClassLoader());
    this.replaced = replaced;
  }

  private static URL[] classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(LinkingLoader::url)
        .toArray(URL[]::new);
  }

  private static URL url(String entry) {
    try {
      return Path.of(entry).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException("no entry of a class path: " + entry, e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      if (known != null) {
        return known;
      }
      if (SHARED.stream().anyMatch(name::startsWith)) {
        return super.loadClass(name, resolve);
      }
      return findClass(name);
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = replaced.containsKey(name) ? replaced.get(name) : read(name);
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    byte[] linked = isLinked(name) ? linked(name, bytes) : bytes;
    return defineClass(name, linked, 0, linked.length);
  }

  private static boolean isLinked(String name) {
    return name.startsWith(OURS) || LINKED_LIBRARIES.stream().anyMatch(name::startsWith);
  }

  /** Each actor system compares the versions in all manifests, which takes longer than it lives. */
  @Override
  public Enumeration<URL> getResources(String path) throws IOException {
    return path.equals("META-INF/MANIFEST.MF")
        ? Collections.emptyEnumeration()
        : findResources(path);
  }

  private byte @Nullable [] read(String name) throws ClassNotFoundException {
    try (InputStream in = getResourceAsStreamHere(name.replace('.', '/') + ".class")) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private @Nullable InputStream getResourceAsStreamHere(String path) throws IOException {
    URL found = findResource(path);
    return found == null ? null : found.openStream();
  }

  private static byte[] linked(String name, byte[] bytes) {
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(reader, 0);
    boolean checked = name.startsWith(OURS) && REAL_SERVICES.stream().noneMatch(name::startsWith);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access, String method, String descriptor, String signature, String[] thrown) {
            return new Calls(
                super.visitMethod(access, method, descriptor, signature, thrown), name, checked);
          }

          @Override
          public void visitEnd() {
            if (name.equals(STAGES_OF_SCALA)) {
              callBackInTheWorld(cv);
            }
            super.visitEnd();
          }
        },
        0);
    return writer.toByteArray();
  }

  /** Callbacks of such a stage run on the common pool of the JDK otherwise. */
  private static void callBackInTheWorld(ClassVisitor stages) {
    MethodVisitor method =
        stages.visitMethod(
            Opcodes.ACC_PUBLIC, "defaultExecutor", "()Ljava/util/concurrent/Executor;", null, null);
    method.visitCode();
    method.visitMethodInsn(
        Opcodes.INVOKESTATIC,
        "io/github/pekkoeventhubs/simulation/WorldThreads",
        "pool",
        "()Ljava/util/concurrent/Executor;",
        false);
    method.visitInsn(Opcodes.ARETURN);
    method.visitMaxs(1, 1);
    method.visitEnd();
  }

  /** The calls of one method. */
  private static final class Calls extends MethodVisitor {

    private final String className;
    private final boolean checked;

    Calls(MethodVisitor next, String className, boolean checked) {
      super(Opcodes.ASM9, next);
      this.className = className;
      this.checked = checked;
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
      super.visitTypeInsn(opcode, opcode == Opcodes.NEW ? Redirections.made(type) : type);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      if (!Redirections.made(owner).equals(owner)) {
        super.visitMethodInsn(opcode, Redirections.made(owner), name, descriptor, isInterface);
        return;
      }
      String target =
          opcode == Opcodes.INVOKESTATIC ? Redirections.target(owner, name, descriptor) : null;
      if (target != null) {
        super.visitMethodInsn(opcode, target, name, descriptor, false);
        return;
      }
      String ofMethod =
          opcode == Opcodes.INVOKEVIRTUAL || opcode == Opcodes.INVOKEINTERFACE
              ? Redirections.targetOfMethod(className, owner, name)
              : null;
      if (ofMethod != null && !className.startsWith(SIMULATION)) {
        super.visitMethodInsn(
            Opcodes.INVOKESTATIC,
            ofMethod,
            name,
            Redirections.withReceiver(owner, descriptor),
            false);
        return;
      }
      check(owner, name);
      super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
    }

    private void check(String owner, String name) {
      if (checked && Redirections.isRefused(owner, name)) {
        throw new IllegalStateException(
            className + " calls " + owner + "." + name + ", which no seed decides about");
      }
    }

    @Override
    public void visitInvokeDynamicInsn(
        String name, String descriptor, Handle bootstrap, Object... arguments) {
      Object[] linked = new Object[arguments.length];
      for (int i = 0; i < arguments.length; i++) {
        linked[i] = arguments[i] instanceof Handle handle ? linked(handle) : arguments[i];
      }
      super.visitInvokeDynamicInsn(name, descriptor, bootstrap, linked);
    }

    private Handle linked(Handle handle) {
      check(handle.getOwner(), handle.getName());
      String ofObject =
          handle.getTag() == Opcodes.H_INVOKEVIRTUAL
              ? Redirections.targetWithReceiver(handle.getOwner())
              : null;
      if (ofObject != null) {
        return new Handle(
            Opcodes.H_INVOKESTATIC,
            ofObject,
            handle.getName(),
            Redirections.withReceiver(handle.getOwner(), handle.getDesc()),
            false);
      }
      String target =
          handle.getTag() == Opcodes.H_INVOKESTATIC
              ? Redirections.target(handle.getOwner(), handle.getName(), handle.getDesc())
              : null;
      return target == null
          ? handle
          : new Handle(handle.getTag(), target, handle.getName(), handle.getDesc(), false);
    }
  }
}
