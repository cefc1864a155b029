// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import io.github.pekkoeventhubs.CommittableOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Flow;

/** Flows that acknowledge what they drop. */
final class SkippingFlows {

  private SkippingFlows() {}

  static <E> Flow<E, E, NotUsed> filter(
      Predicate<? super E> predicate, Function<? super E, ?> skip) {
    Objects.requireNonNull(predicate, "predicate");
    return Flow.<E>create()
        .filter(
            element -> {
              boolean wanted = predicate.test(element);
              if (!wanted) {
                skip.apply(element);
              }
              return wanted;
            });
  }

  static <E, T> Flow<E, Pair<T, CommittableOffset>, NotUsed> mapConcat(
      Function<? super E, ? extends Iterable<? extends T>> elements,
      Function<? super E, CommittableOffset> offset) {
    Objects.requireNonNull(elements, "elements");
    return Flow.<E>create()
        .mapConcat(element -> withOffset(elements.apply(element), offset.apply(element)));
  }

  private static <T> List<Pair<T, CommittableOffset>> withOffset(
      Iterable<? extends T> elements, CommittableOffset offset) {
    List<T> all = new ArrayList<>();
    elements.forEach(all::add);
    if (all.isEmpty()) {
      offset.skip();
      return List.of();
    }
    CommittableOffset part = offset.split(all.size());
    return all.stream().map(element -> Pair.create(element, part)).toList();
  }
}
