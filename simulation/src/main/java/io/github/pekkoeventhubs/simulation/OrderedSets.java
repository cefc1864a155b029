// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The JDK's immutable sets are walked in an order that differs between processes. In a world these
 * take their place, in the order in which they were made.
 */
public final class OrderedSets {

  private OrderedSets() {}

  /** Like {@link Set#copyOf}. */
  public static <E> Set<E> copyOf(Collection<? extends E> elements) {
    elements.forEach(Objects::requireNonNull);
    return Collections.unmodifiableSet(new LinkedHashSet<>(elements));
  }

  /** Like {@link Set#of()} with as many elements. */
  public static <E> Set<E> of(E e1) {
    return copyOf(List.of(e1));
  }

  /** Like {@link Set#of()} with as many elements. */
  public static <E> Set<E> of(E e1, E e2) {
    return copyOf(List.of(e1, e2));
  }

  /** Like {@link Set#of()} with as many elements. */
  public static <E> Set<E> of(E e1, E e2, E e3) {
    return copyOf(List.of(e1, e2, e3));
  }

  /** Like {@link Set#of()} with as many elements. */
  public static <E> Set<E> of(E e1, E e2, E e3, E e4) {
    return copyOf(List.of(e1, e2, e3, e4));
  }

  /** Like {@link Set#of()} with as many elements. */
  public static <E> Set<E> of(E e1, E e2, E e3, E e4, E e5) {
    return copyOf(List.of(e1, e2, e3, e4, e5));
  }

  /** Like {@link Set#of()} with as many elements. */
  public static <E> Set<E> of(E e1, E e2, E e3, E e4, E e5, E e6) {
    return copyOf(List.of(e1, e2, e3, e4, e5, e6));
  }

  /** Like {@link Set#of()} with as many elements. */
  public static <E> Set<E> of(E e1, E e2, E e3, E e4, E e5, E e6, E e7) {
    return copyOf(List.of(e1, e2, e3, e4, e5, e6, e7));
  }

  /** Like {@link Set#of()} with as many elements. */
  public static <E> Set<E> of(E e1, E e2, E e3, E e4, E e5, E e6, E e7, E e8) {
    return copyOf(List.of(e1, e2, e3, e4, e5, e6, e7, e8));
  }

  /** Like {@link Set#of()} with as many elements. */
  public static <E> Set<E> of(E e1, E e2, E e3, E e4, E e5, E e6, E e7, E e8, E e9) {
    return copyOf(List.of(e1, e2, e3, e4, e5, e6, e7, e8, e9));
  }

  /** Like {@link Set#of()} with as many elements. */
  public static <E> Set<E> of(E e1, E e2, E e3, E e4, E e5, E e6, E e7, E e8, E e9, E e10) {
    return copyOf(List.of(e1, e2, e3, e4, e5, e6, e7, e8, e9, e10));
  }

  /** Like {@link Set#of(Object[])}. */
  @SafeVarargs
  public static <E> Set<E> of(E... elements) {
    Set<E> set = new LinkedHashSet<>();
    for (E element : elements) {
      set.add(Objects.requireNonNull(element));
    }
    return Collections.unmodifiableSet(set);
  }
}
