// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that look again and again, while something is wrong. */
class RepeatedLooksTest extends CommandTest {

  private static final String TIME = "eventhubs: \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ  .*";

  @BeforeEach
  void fill() {
    sendToEach(3);
    owner(GROUP, "0", "node-a");
  }

  private Running lag() {
    return new Running("lag", HUB, "--group", GROUP, "--watch", "--interval", "1", "--json");
  }

  private Running watch() {
    return new Running("watch", HUB, "--group", GROUP);
  }

  @Test
  void aLookAtTheLagThatFailsIsToldAndTheNextOneFollows() {
    try (Running lag = lag()) {
      lag.awaitOut("node-a");
      blobs.faults().always().of(BlobOperation.LIST_BLOBS).answer(503, "ServerBusy");
      lag.awaitErr(TIME + "503.*\n" + TIME + "503");
      blobs.faults().clear();
      owner(GROUP, "1", "node-b");

      lag.awaitOut("node-b");
      assertThat(lag.end().exitCode()).isZero();
    }
  }

  @Test
  void aLookAtTheOwnersThatFailsIsToldAndTheNextOneFollows() {
    blobs.faults().always().of(BlobOperation.LIST_BLOBS).answer(503, "ServerBusy");
    try (Running watch = watch()) {
      watch.awaitErr(TIME + "503");
      blobs.faults().clear();
      watch.awaitOut("partition 0  node-a");
      blobs.faults().always().of(BlobOperation.LIST_BLOBS).answer(500, "InternalError");
      watch.awaitErr(TIME + "500");
      blobs.faults().clear();
      owner(GROUP, "1", "node-b");

      // The owners from before the trouble are not shown again.
      watch.awaitOut("partition 1  nobody -> node-b");
      assertThat(watch.end().out()).containsOnlyOnce("partition 0");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aContainerThatIsMissingIsLookedForAgain(boolean lag) {
    environment.put("STORAGE_CONTAINER", "later");
    try (Running looking = lag ? lag() : watch()) {
      looking.awaitOut("partition");
      blobs.createContainer("later");
      owner("later", GROUP, "1", "node-c");

      looking.awaitOut("node-c");
      assertThat(looking.end().err()).containsOnlyOnce("'later' does not exist");
    }
  }

  @Test
  void whatLastsEndsTheCommand() {
    for (String command : new String[] {"lag --watch", "watch"}) {
      Result nowhere = run((command + " nowhere --group " + GROUP).split(" ", -1));

      assertThat(nowhere.exitCode()).isEqualTo(1);
      assertThat(nowhere.err()).contains("no event hub 'nowhere'").doesNotContainPattern(TIME);
    }
    environment.computeIfPresent(
        "STORAGE_CONNECTION_STRING",
        (name, account) -> account.replaceAll("AccountKey=[^;]+", "AccountKey=d3Jvbmc="));

    Result wrongKey = run("watch", HUB, "--group", GROUP);

    assertThat(wrongKey.exitCode()).isEqualTo(1);
    assertThat(wrongKey.err()).contains("403").doesNotContainPattern(TIME);
  }
}
