// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartitionKeyHashTest {
  @Test
  void agreesWithThePublishedVectorOfLookup3() {
    // hashlittle2 of this text with both seeds 0 is 0x17770551 and 0xce7226e6.
    assertThat(PartitionKeyHash.hash("Four score and seven years ago"))
        .isEqualTo((short) (0x17770551 ^ 0xce7226e6));
    assertThat(PartitionKeyHash.hash("")).isZero();
  }

  @Test
  void agreesWithTheOfficialClient() throws Exception {
    Method official =
        Class.forName("com.azure.messaging.eventhubs.PartitionResolver")
            .getDeclaredMethod("generateHashCode", String.class);
    official.setAccessible(true);
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      String key = randomAscii(random, random.nextInt(64));

      assertThat(PartitionKeyHash.hash(key)).as(key).isEqualTo(official.invoke(null, key));
    }
  }

  @Test
  void findsAPartitionForEveryKey() {
    Random random = new Random(11);
    for (int i = 0; i < 2_000; i++) {
      assertThat(PartitionKeyHash.partitionFor(randomAscii(random, 9), 7)).isBetween(0, 6);
    }
  }

  private static String randomAscii(Random random, int length) {
    return random
        .ints(length, ' ', '~')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
