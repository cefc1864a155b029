package io.github.pekkoeventhubs.tests.audit;

import io.github.pekkoeventhubs.testkit.audit.*;
import java.lang.reflect.Method;
import org.apache.pekko.stream.javadsl.RunnableGraph;

public class AuditMain {
  public static void main(String[] a) throws Exception {
    Class<?> c = a[0].equals("good") ? GoodStreams.class : LosingStreams.class;
    long from = Long.parseLong(a[2]), to = Long.parseLong(a[3]);
    for (Method m : c.getDeclaredMethods()) {
      if (m.isSynthetic() || m.getParameterCount() != 1 || !RunnableGraph.class.isAssignableFrom(m.getReturnType())) continue;
      if (!a[1].equals("all") && !m.getName().matches(a[1])) continue;
      m.setAccessible(true);
      for (long s = from; s <= to; s++) {
        try {
          AuditReport r = StreamAudit.of(n -> { try { return (RunnableGraph<?>) m.invoke(null, n); } catch (Exception e) { throw new RuntimeException(e); } }).withSeed(s).run();
          System.out.println(m.getName() + " seed " + s + " " + r.convicted() + " " + r.time().toMillis() + " ms");
          if (from == to || a.length > 4) System.out.println(r);
        } catch (Throwable t) { System.out.println(m.getName() + " seed " + s + " THROWS " + t); t.printStackTrace(System.out); }
      }
    }
    System.exit(0);
  }
}
