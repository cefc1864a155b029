package io.github.pekkoeventhubs.tests.dsl;

import io.github.pekkoeventhubs.testkit.audit.*;
import java.lang.reflect.Method;
import java.util.function.Function;
import org.apache.pekko.stream.javadsl.RunnableGraph;

public class AuditMain {
  public static void main(String[] a) throws Exception {
    Class<?> c = a[0].equals("good") ? GoodStreams.class : LosingStreams.class;
    long from = Long.parseLong(a[2]), to = Long.parseLong(a[3]);
    for (long s0 = from; s0 <= to; s0++) { long s = s0;
    for (Method m : c.getDeclaredMethods()) {
      if (m.isSynthetic() || m.getParameterCount() != 1 || m.getReturnType() != Object.class && m.getReturnType() != RunnableGraph.class) continue;
      if (!a[1].equals("all") && !m.getName().matches(a[1])) continue;
      m.setAccessible(true);
      one(m.getName(), n -> { try { Object o = m.invoke(null, n); return o instanceof RunnableGraph<?> g ? g.run(n.system()) : o; } catch (Exception e) { throw new RuntimeException(e); } }, false, s, from == to);
    }
    if (a[0].equals("good") && ("ownPositions".matches(a[1]) || a[1].equals("all"))) { var d = new GoodStreams.OwnPositions(); one("ownPositions", d::start, true, s, from == to); }
    }
    System.exit(0);
  }
  static void one(String name, Function<AuditedNode, Object> f, boolean own, long s, boolean print) {
    try {
      StreamAudit au = StreamAudit.ofStarted(f).withSeed(s);
      if (Boolean.getBoolean("cl")) au = au.withCluster();
      AuditReport r = (own ? au.withOwnPositions() : au).run();
      System.out.println(name + " seed " + s + " " + r.convicted() + " " + r.time().toMillis() + " ms");
      if (print || (GoodStreams.class != null && System.getProperty("all") != null && !r.isSafe())) System.out.println(r);
    } catch (Throwable t) { System.out.println(name + " seed " + s + " THROWS " + t); t.printStackTrace(System.out); }
  }
}
