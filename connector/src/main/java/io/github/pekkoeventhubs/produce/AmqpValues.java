// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import java.lang.reflect.Array;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The values of properties and annotations that the SDK's AMQP encoder takes.
 *
 * <p>The encoder writes an {@code Integer[]} and fails for an {@code int[]}, which is what its
 * decoder makes of it: without a conversion a received event with an array cannot be sent on.
 * Measured with azure-core-amqp 2.12.1 and proton-j 0.34.1.
 */
final class AmqpValues {

  private static final String AMQP_TYPES = "org.apache.qpid.proton.amqp.";

  /** By name: the connector itself tells times by java.time. */
  private static final String DATE = "java.util.Date";

  private AmqpValues() {}

  /** Whether one of the values is an array that has to be converted, or holds one. */
  static boolean holdsPrimitiveArray(Map<?, ?> values) {
    if (values.isEmpty()) {
      return false;
    }
    for (Object value : values.values()) {
      if (isOrHoldsPrimitiveArray(value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOrHoldsPrimitiveArray(@Nullable Object value) {
    if (value == null || value instanceof String || value instanceof Number) {
      return false;
    }
    if (value instanceof List<?> list) {
      return list.stream().anyMatch(AmqpValues::isOrHoldsPrimitiveArray);
    }
    if (value instanceof Map<?, ?> map) {
      return holdsPrimitiveArray(map);
    }
    return value.getClass().isArray() && value.getClass().getComponentType().isPrimitive();
  }

  /**
   * The value with arrays of boxed values in place of arrays of primitive ones, also within lists
   * and maps; the value itself where there are none.
   *
   * @param received whether the value came with a received event. The decoder makes a {@code
   *     byte[]} of an AMQP array of bytes alone, which can be written again. Whoever makes a {@code
   *     byte[]} himself may mean an array or a binary, so that this is left as it is, and refused.
   */
  static @Nullable Object encodable(@Nullable Object value, boolean received) {
    if (!isOrHoldsPrimitiveArray(value)) {
      return value;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> converted = new ArrayList<>(list.size());
      list.forEach(element -> converted.add(encodable(element, received)));
      return converted;
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, @Nullable Object> converted = new LinkedHashMap<>();
      map.forEach((key, element) -> converted.put(key, encodable(element, received)));
      return converted;
    }
    return value instanceof byte[] && !received ? value : boxed(value);
  }

  private static @Nullable Object boxed(@Nullable Object array) {
    if (array == null) {
      return null;
    }
    int length = Array.getLength(array);
    Class<?> boxedType =
        Array.get(Array.newInstance(array.getClass().getComponentType(), 1), 0).getClass();
    Object boxed = Array.newInstance(boxedType, length);
    for (int i = 0; i < length; i++) {
      Array.set(boxed, i, Array.get(array, i));
    }
    return boxed;
  }

  /** The first of the entries whose value has no AMQP type. */
  static Optional<Map.Entry<?, ?>> firstWithoutType(Map<?, ?> values) {
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      if (!hasType(entry.getValue())) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  private static boolean hasType(@Nullable Object value) {
    if (value == null
        || value instanceof String
        || value instanceof Boolean
        || value instanceof Character
        || value instanceof UUID
        || value.getClass().getName().equals(DATE)
        || isNumber(value)) {
      return true;
    }
    if (value instanceof List<?> list) {
      return list.stream().allMatch(AmqpValues::hasType);
    }
    if (value instanceof Map<?, ?> map) {
      return map.keySet().stream().allMatch(AmqpValues::hasType)
          && map.values().stream().allMatch(AmqpValues::hasType);
    }
    return value instanceof Object[] array
        ? hasOneType(array)
        : value.getClass().getName().startsWith(AMQP_TYPES);
  }

  private static boolean isNumber(Object value) {
    return value instanceof Byte
        || value instanceof Short
        || value instanceof Integer
        || value instanceof Long
        || value instanceof Float
        || value instanceof Double
        // The encoder writes it as a long.
        || value instanceof BigInteger;
  }

  /** An AMQP array has elements of one type. */
  private static boolean hasOneType(Object[] array) {
    return Arrays.stream(array).allMatch(AmqpValues::hasType)
        && Arrays.stream(array).map(Object::getClass).distinct().count() <= 1;
  }
}
