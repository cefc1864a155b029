// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.link;

import java.util.Map;

/** The command. */
public final class Simulate {

  private Simulate() {}

  public static void main(String[] arguments) throws Exception {
    long seed = Long.parseLong(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    ClassLoader loader = new LinkingLoader(Map.of());
    Thread.currentThread().setContextClassLoader(loader);
    WorldWorker worker =
        (WorldWorker)
            loader
                .loadClass("io.github.pekkoeventhubs.simulation.Worker")
                .getConstructor()
                .newInstance();
    if (Boolean.getBoolean("simulation.steps")) {
      java.util.List<String> a = new java.util.ArrayList<>();
      java.util.List<String> b = new java.util.ArrayList<>();
      worker.run(seed);
      worker.tell(seed, a::add);
      worker.tell(seed, b::add);
      for (int i = 0; i < a.size(); i++) {
        if (!a.get(i).equals(b.get(i))) {
          a.subList(Math.max(0, i - 40), i + 5).forEach(System.out::println);
          System.out.println("---- other");
          b.subList(i, i + 5).forEach(System.out::println);
          break;
        }
      }
      return;
    }
    long begun = System.nanoTime();
    long steps = 0;
    for (long s = seed; s < seed + count; s++) {
      WorldWorker.Outcome outcome = count == 1 ? worker.tell(s, System.out::println) : worker.run(s);
      WorldWorker.Outcome again = worker.run(s);
      steps += outcome.steps();
      if (!outcome.broken().isEmpty() || outcome.hash() != again.hash()) {
        System.out.println(s + " " + outcome + (outcome.hash() != again.hash() ? " DIFFERS " + again : ""));
      }
    }
    System.out.println(
        count + " seeds, " + steps / count + " steps each, " + (System.nanoTime() - begun) / 1e6 / count / 2 + " ms each");
  }
}
