// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Help, settings and secrets. */
class UsageTest extends CommandTest {

  private static final String CANARY = "CanaryKeyThatNobodyMaySee0123456789+/=";

  /** As long as a key of Event Hubs, without the '=' at its end. */
  private static final String KEY = "c2VjcmV0LXRoYXQtbm9ib2R5LW1heS1zZWU0MTIzNDU";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "describe",
        "lag",
        "groups",
        "reset",
        "tail",
        "send",
        "replay",
        "watch",
        "ui",
        "completion"
      })
  void eachCommandHasHelpThatFitsTheScreen(String command) {
    Result result = run(command, "--help");

    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.lines())
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    assertThat(result.out()).contains("eventhubs " + command);
    assertThat(result.out())
        .containsAnyOf("Example:", "Examples:", "source <(eventhubs completion)");
  }

  @Test
  void theHelpNamesTheCommandsTheVariablesAndTheExitCodes() {
    assertThat(run("--help").out())
        .contains("describe", "reset", "EVENTHUBS_CONNECTION_STRING", "Exit codes");
    assertThat(run("--version").out()).startsWith("eventhubs ");
  }

  @Test
  void withoutOrWithAnUnknownCommandItIsWrongUsage() {
    assertThat(run().exitCode()).isEqualTo(2);
    assertThat(run("lags").exitCode()).isEqualTo(2);
    assertThat(run("lags").err()).contains("unknown argument lags");
    assertThat(run("lag", HUB, "--gruop", "x").err()).contains("--gruop", "--help");
  }

  @Test
  void theCompletionScriptKnowsCommandsAndOptions() {
    assertThat(run("completion").out()).contains("complete -F", "reset", "--execute");
  }

  /** As bash does it when the user presses the tab key. */
  @Test
  void bashCompletesCommandsAndOptionsWithTheScript(@TempDir Path directory) throws Exception {
    Path script = Files.writeString(directory.resolve("completion"), run("completion").out());
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash");

    assertThat(completed(script, "eventhubs re")).contains("reset", "replay").doesNotContain("lag");
    assertThat(completed(script, "eventhubs reset --exe")).containsExactly("--execute");
    assertThat(completed(script, "eventhubs lag --wa")).containsExactly("--watch");
  }

  private static List<String> completed(Path script, String line) throws Exception {
    String program =
        "compopt() { :; }; source '%s'; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
                .formatted(script, line)
            + " _complete_eventhubs; printf '%s\n' \"${COMPREPLY[@]}\"";
    Process bash = new ProcessBuilder("/bin/bash", "-c", program).redirectErrorStream(true).start();
    try (InputStream output = bash.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(bash.waitFor()).as(text).isZero();
      return text.lines().map(String::trim).filter(word -> !word.isEmpty()).toList();
    }
  }

  @Test
  void aNamespaceWithATokenCommandTakesThePlaceOfAConnectionString() {
    environment.put("EVENTHUBS_NAMESPACE", "my-namespace.servicebus.windows.net");
    assertThat(run("describe", HUB).err())
        .contains("connection-string and namespace exclude each other");

    // The option wins over both variables.
    environment.remove("EVENTHUBS_NAMESPACE");
    Result without = run("describe", HUB, "--namespace", "my-namespace.servicebus.windows.net");
    assertThat(without.exitCode()).isEqualTo(2);
    assertThat(without.err()).contains("token-command is missing", "EVENTHUBS_TOKEN_COMMAND");

    environment.put("EVENTHUBS_TOKEN_COMMAND", "echo no account is logged in >&2; exit 3");
    Result refused = run("lag", HUB, "--storage-url", "https://localhost:1");
    assertThat(refused.exitCode()).isEqualTo(1);
    // Before any request, which would not wait for as long as a command may take.
    assertThat(refused.err())
        .isEqualTo(
            "eventhubs: the token command ended with exit code 3: no account is logged in"
                + System.lineSeparator());
    assertThat(run("describe", HUB, "--namespace", "my-namespace.servicebus.windows.net").err())
        .isEqualTo(refused.err());
    assertThat(run("lag", HUB, "--storage-url", "http://localhost:1").err())
        .contains("over HTTPS only");
  }

  @Test
  void aMalformedAddressIsReportedAsAnAddress() {
    environment.put("EVENTHUBS_TOKEN_COMMAND", "echo token");

    Result result = run("lag", HUB, "--storage-url", "https://local host:1");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("storage-url is malformed", "https://NAME.blob.core.windows.net")
        .doesNotContain("storage-connection-string", "AccountKey");
  }

  @Test
  void aMissingSettingIsNamedWithWhatToDo() {
    environment.remove("EVENTHUBS_CONNECTION_STRING");

    Result result = run("describe", HUB);

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("EVENTHUBS_CONNECTION_STRING", "--connection-string");
  }

  @Test
  void anOptionWinsOverTheEnvironmentAndThatOverTheFile(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("settings");
    Files.writeString(
        file,
        "connection-string = "
            + eventHubs.connectionString()
            + "\nstorage-connection-string = "
            + blobs.connectionString()
            + "\ncontainer = from-file\n");
    environment.clear();
    environment.put("EVENTHUBS_SETTINGS", file.toString());

    assertThat(run("lag", HUB).err()).contains("'from-file'");
    environment.put("STORAGE_CONTAINER", "from-environment");
    assertThat(run("lag", HUB).err()).contains("'from-environment'");
    assertThat(run("lag", HUB, "--container", "from-option").err()).contains("'from-option'");
    Files.writeString(file, "container = a\nconection-string = " + CANARY);
    assertThat(run("lag", HUB).err())
        .contains("unknown key in line 2: it may have connection-string")
        .doesNotContain(CANARY);
  }

  /** A file that is named beside a command is meant, whatever an earlier one has exported. */
  @Test
  void aFileThatAnOptionNamesWinsOverTheEnvironment(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("settings");
    Files.writeString(file, "container = from-file\n");
    environment.put("STORAGE_CONTAINER", "from-environment");

    assertThat(run("lag", HUB, "--settings", file.toString()).err()).contains("'from-file'");
    assertThat(run("lag", HUB, "--settings", file.toString(), "--container", "from-option").err())
        .contains("'from-option'");
    // What the file does not say is said by the variables.
    environment.put("EVENTHUBS_SETTINGS", directory.resolve("no-such-file").toString());
    assertThat(run("lag", HUB, "--settings", file.toString()).exitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "0s", "120", "-5m", "99999999999999999999d"})
  void anExpiryThatIsNoneIsWrongUsageWhereverItIsSaid(String expiry, @TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("settings");
    Files.writeString(file, "expiry = " + expiry);

    Result result = run("lag", HUB, "--expiry=" + expiry);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("expiry must be", "120s", "'" + expiry + "'");
    assertThat(run("watch", HUB, "--settings", file.toString()).err()).isEqualTo(result.err());
    environment.put("EVENTHUBS_EXPIRY", expiry);
    assertThat(run("groups", HUB).err()).isEqualTo(result.err());
  }

  @Test
  void noSecretIsEverShown() {
    String eventHubsWithCanary =
        "Endpoint=sb://localhost:1;SharedAccessKeyName=name;SharedAccessKey="
            + CANARY
            + ";UseDevelopmentEmulator=true";
    String storageWithCanary =
        blobs.connectionString().replaceAll("AccountKey=[^;]+", "AccountKey=" + CANARY);

    // An option that does not exist, with a secret in it; a malformed one; services that refuse.
    assertHidden(run("lag", HUB, "--conection-string=" + eventHubsWithCanary));
    assertHidden(run("lag", HUB, "--connection-string", "nonsense;SharedAccessKey=" + CANARY));
    assertHidden(run("lag", HUB, "--storage-connection-string", "nonsense;AccountKey=" + CANARY));
    assertHidden(run("lag", HUB, "--storage-connection-string", storageWithCanary));
    assertHidden(run("describe", HUB, "--connection-string", eventHubsWithCanary));
    assertHidden(run("tail", HUB, "--from", eventHubsWithCanary));
  }

  /** A connection string that was wrapped when it was copied. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SharedAccessKey=\n" + KEY + "=\n",
        "SharedAccessKey=\n" + KEY + "\n",
        "SharedAccessKey=\n  " + KEY + " = x\n",
        "SharedAccessKey=A\n" + KEY + ":\n"
      })
  void aKeyOfASettingsFileThatIsASecretIsNotShown(String wrapped, @TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("settings");
    Files.writeString(
        file, "container = a\nconnection-string=Endpoint=sb://n/;SharedAccessKeyName=r;" + wrapped);

    Result result = run("lag", HUB, "--settings", file.toString());

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("unknown key in line 3", "\\").doesNotContain(KEY);
  }

  /** The shell makes several arguments of a connection string that is not in quotes. */
  @Test
  void anArgumentThatIsTheRestOfASecretIsNotShown() {
    String beginning = "Endpoint=sb://localhost:1;SharedAccessKeyName=r;SharedAccessKey=";

    for (String[] arguments :
        List.of(
            new String[] {"describe", HUB, "--connection-string", beginning, KEY + "="},
            new String[] {"describe", HUB, "--connection-string", beginning, KEY},
            new String[] {"describe", HUB, "--connection-string", beginning + "A", "--" + KEY},
            new String[] {"lag", "--connection-string", beginning, KEY + "="},
            new String[] {"lag", HUB, "--interval", KEY + "="},
            new String[] {"tail", HUB, "--until", KEY + "="},
            new String[] {"lag", HUB, "--expiry", KEY + "="},
            new String[] {KEY + "="})) {
      Result result = run(arguments);
      assertThat(result.exitCode()).isNotZero();
      assertThat(result.err()).isNotEmpty().doesNotContain(KEY);
    }
  }

  @Test
  void aVariableThatIsASecretIsNotShown() {
    for (String value :
        List.of(
            "Endpoint=sb://localhost:1;SharedAccessKeyName=r;SharedAccessKey=\n" + KEY + "=",
            "Endpoint=sb://localhost:1;SharedAccessKeyName=r;" + KEY + "=",
            KEY + "=")) {
      for (String variable :
          List.of("EVENTHUBS_CONNECTION_STRING", "STORAGE_CONNECTION_STRING", "EVENTHUBS_EXPIRY")) {
        environment.put(variable, value);
        Result result = run("lag", HUB);
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.err()).isNotEmpty().doesNotContain(KEY);
        environment.put("EVENTHUBS_CONNECTION_STRING", eventHubs.connectionString());
        environment.put("STORAGE_CONNECTION_STRING", blobs.connectionString());
        environment.remove("EVENTHUBS_EXPIRY");
      }
    }
  }

  private static void assertHidden(Result result) {
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.err()).isNotEmpty().doesNotContain(CANARY).doesNotContain("CanaryKey");
    assertThat(result.out()).doesNotContain("CanaryKey");
  }
}
