// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostNameTest {

  @TempDir private Path folder;

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("hostname"), content);
  }

  @Test
  void theEnvironmentComesBeforeTheFile() throws IOException {
    Path file = file("of-file\n");

    assertThat(HostName.in(Map.of("HOSTNAME", "pod-1", "COMPUTERNAME", "PC"), file))
        .contains("pod-1");
    assertThat(HostName.in(Map.of("COMPUTERNAME", "PC"), file)).contains("PC");
    assertThat(HostName.in(Map.of(), file)).contains("of-file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a#b", "a@b", "größe", "a\nb"})
  void aNameThatCannotStandInARecordIsPassedOver(String name) throws IOException {
    assertThat(HostName.in(Map.of("HOSTNAME", name), file("of-file"))).contains("of-file");
    assertThat(HostName.in(Map.of(), file(name))).isEmpty();
  }

  @Test
  void aNameThatIsTooLongIsPassedOver() throws IOException {
    assertThat(HostName.in(Map.of(), file("a".repeat(200)))).isPresent();
    assertThat(HostName.in(Map.of(), file("a".repeat(201)))).isEmpty();
  }

  @Test
  void nothingIsKnownWithoutTheFile() {
    assertThat(HostName.in(Map.of(), folder.resolve("missing"))).isEmpty();
    assertThat(HostName.in(Map.of(), folder)).isEmpty();
  }

  @Test
  void theKernelOfLinuxKnowsIt() {
    assumeTrue(Files.exists(HostName.OF_LINUX));

    assertThat(HostName.in(Map.of(), HostName.OF_LINUX)).isPresent();
  }
}
