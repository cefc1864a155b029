// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The JDK's immutable maps are walked in an order that differs between processes. In a world these
 * take their place, in the order in which they were made.
 */
public final class OrderedMaps {

  private OrderedMaps() {}

  /** Like {@link Map#copyOf}. */
  public static <K, V> Map<K, V> copyOf(Map<? extends K, ? extends V> entries) {
    entries.forEach(
        (key, value) -> {
          Objects.requireNonNull(key);
          Objects.requireNonNull(value);
        });
    return Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /** Like {@link Map#of()} with as many entries. */
  public static <K, V> Map<K, V> of(K k1, V v1) {
    Map<K, V> map = new LinkedHashMap<>();
    map.put(k1, v1);
    return copyOf(map);
  }

  /** Like {@link Map#of()} with as many entries. */
  public static <K, V> Map<K, V> of(K k1, V v1, K k2, V v2) {
    Map<K, V> map = new LinkedHashMap<>();
    map.put(k1, v1);
    map.put(k2, v2);
    return copyOf(map);
  }

  /** Like {@link Map#of()} with as many entries. */
  public static <K, V> Map<K, V> of(K k1, V v1, K k2, V v2, K k3, V v3) {
    Map<K, V> map = new LinkedHashMap<>();
    map.put(k1, v1);
    map.put(k2, v2);
    map.put(k3, v3);
    return copyOf(map);
  }

  /** Like {@link Map#of()} with as many entries. */
  public static <K, V> Map<K, V> of(K k1, V v1, K k2, V v2, K k3, V v3, K k4, V v4) {
    Map<K, V> map = new LinkedHashMap<>();
    map.put(k1, v1);
    map.put(k2, v2);
    map.put(k3, v3);
    map.put(k4, v4);
    return copyOf(map);
  }

  /** Like {@link Map#of()} with as many entries. */
  public static <K, V> Map<K, V> of(K k1, V v1, K k2, V v2, K k3, V v3, K k4, V v4, K k5, V v5) {
    Map<K, V> map = new LinkedHashMap<>();
    map.put(k1, v1);
    map.put(k2, v2);
    map.put(k3, v3);
    map.put(k4, v4);
    map.put(k5, v5);
    return copyOf(map);
  }
}
