// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.failure.UnexpectedFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Flow;

/**
 * Flows that acknowledge what they drop. An exception of the user's function passes as it is, and
 * one of ours as an {@link UnexpectedFailure}.
 */
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
                UnexpectedFailure.COMMITTER.guard(() -> skip.apply(element));
              }
              return wanted;
            });
  }

  static <E, T> Flow<E, Pair<T, CommittableOffset>, NotUsed> mapConcat(
      Function<? super E, ? extends Iterable<? extends T>> elements,
      Function<? super E, CommittableOffset> offset) {
    Objects.requireNonNull(elements, "elements");
    return Flow.<E>create()
        .mapConcat(
            element -> {
              List<T> all = new ArrayList<>();
              elements.apply(element).forEach(all::add);
              return UnexpectedFailure.COMMITTER.guard(
                  () -> withOffset(all, offset.apply(element)));
            });
  }

  private static <T> List<Pair<T, CommittableOffset>> withOffset(
      List<T> all, CommittableOffset offset) {
    if (all.isEmpty()) {
      offset.skip();
      return List.of();
    }
    CommittableOffset part = offset.split(all.size());
    return all.stream().map(element -> Pair.create(element, part)).toList();
  }
}
