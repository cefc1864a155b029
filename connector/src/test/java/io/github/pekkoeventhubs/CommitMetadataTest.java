// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommitMetadataTest {

  private final CommittableOffset offset = ControllableEpoch.ofPartition("0").offset(1);

  @Test
  void travelWithTheOffsetUnderLowerCaseKeys() {
    assertThat(offset.withMetadata(Map.of("Trace_Id", "a b=c;~!", "_x9", "1")).metadata())
        .isEqualTo(Map.of("trace_id", "a b=c;~!", "_x9", "1"));
    assertThat(offset.metadata()).isEmpty();
  }

  @Test
  void replaceEarlierOnes() {
    assertThat(offset.withMetadata(Map.of("a", "1")).withMetadata(Map.of("b", "2")).metadata())
        .isEqualTo(Map.of("b", "2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "a-b", "a b", "é", "a.b"})
  void aKeyThatIsNoNameIsRefused(String key) {
    assertThatThrownBy(() -> offset.withMetadata(Map.of(key, "1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "metadata key '%s' must be made of letters, digits and underscores, and start with no"
                + " digit",
            key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"offset", "SequenceNumber", "ownerid", "clientidentifier", "pekkogaps", "Pekko"})
  void aKeyOfTheCheckpointItselfIsRefused(String key) {
    assertThatThrownBy(() -> offset.withMetadata(Map.of(key, "1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("belongs to the checkpoint itself");
  }

  static Stream<Arguments> badValues() {
    return Stream.of("", " ", "a ", " a", "a\nb", "é", "\u0000").map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("badValues")
  void aValueThatIsNoHeaderIsRefused(String value) {
    assertThatThrownBy(() -> offset.withMetadata(Map.of("key", value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the value of metadata key 'key' must be printable ASCII");
  }

  @Test
  void aMissingValueIsRefused() {
    assertThatThrownBy(() -> offset.withMetadata(Collections.singletonMap("key", null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("metadata key 'key'");
  }

  @Test
  void aKeyGivenTwiceInDifferentCaseIsRefused() {
    Map<String, String> entries = new TreeMap<>(Map.of("key", "1", "KEY", "2"));

    assertThatThrownBy(() -> offset.withMetadata(entries))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("metadata key 'key' is given twice");
  }

  @Test
  void sixKibibytesFitAndNotOneMore() {
    int longest = 6 * 1024 - "key".length();
    assertThat(offset.withMetadata(Map.of("key", "x".repeat(longest))).metadata()).hasSize(1);

    assertThatThrownBy(() -> offset.withMetadata(Map.of("key", "x".repeat(longest + 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("metadata take 6145 bytes, and at most 6144 fit beside a checkpoint");
  }
}
