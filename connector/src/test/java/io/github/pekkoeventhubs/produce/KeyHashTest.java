// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyHashTest {

  private static final int WORD = 4;
  private static final int MAX_LENGTH = 128;

  private final Random random = new Random(7);

  /** Not public in the SDK. */
  private static short officially(String key) throws Exception {
    Method method =
        Class.forName("com.azure.messaging.eventhubs.PartitionResolver")
            .getDeclaredMethod("generateHashCode", String.class);
    method.setAccessible(true);
    return (short) method.invoke(null, key);
  }

  private String key(int bound) {
    return random
        .ints(1 + random.nextInt(MAX_LENGTH), ' ', bound)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** The official Java client takes the bytes after the last whole word for signed numbers. */
  private static boolean isTakenRightByTheOfficialClient(String key) {
    byte[] bytes = key.getBytes(UTF_8);
    for (int i = bytes.length - bytes.length % WORD; i < bytes.length; i++) {
      if (bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }

  @ParameterizedTest
  @CsvSource({
    "7, -15263",
    "131, 30562",
    "7149583486996073602, 12977",
    "FWfAT, -22341",
    "$0cb, 26269"
  })
  void isTheHashOfTheServiceForTheKeysThatTheOfficialClientsTest(String key, short hash) {
    assertThat(KeyHash.of(key)).isEqualTo(hash);
  }

  @Test
  void isThatOfTheOfficialClientForKeysOfAscii() throws Exception {
    for (int i = 0; i < 20_000; i++) {
      String key = key(0x7f);
      assertThat(KeyHash.of(key)).as(key).isEqualTo(officially(key));
    }
  }

  @Test
  void isThatOfTheOfficialClientForOtherKeysThatItTakesRight() throws Exception {
    int compared = 0;
    for (int i = 0; i < 20_000; i++) {
      String key = key(0x800);
      if (isTakenRightByTheOfficialClient(key)) {
        assertThat(KeyHash.of(key)).as(key).isEqualTo(officially(key));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(1000);
  }

  /** Once this fails, the official client has been mended, and the documents can say so. */
  @Test
  void isAnotherOneForKeysThatTheOfficialClientTakesWrong() throws Exception {
    assertThat(KeyHash.of("é")).isNotEqualTo(officially("é"));
  }

  @Test
  void thePlaceIsWithinTheListWhateverTheSignOfTheHash() {
    for (int i = 0; i < 1000; i++) {
      assertThat(KeyHash.partitionIndex(key(0x800), 7)).isBetween(0, 6);
    }
  }
}
