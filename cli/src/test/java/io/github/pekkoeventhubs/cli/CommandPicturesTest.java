// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.emulator.clients.PageInBrowser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The pictures of the documentation, made of what the commands write. {@code -Dpictures.write=true}
 * draws those of the documentation anew.
 */
class CommandPicturesTest extends CommandTest {

  private static final Path DOCS = Path.of("../docs");
  private static final boolean WRITE = Boolean.getBoolean("pictures.write");
  private static final Pattern TEXT = Pattern.compile("<text [^>]*>([^<]*)</text>");
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  @BeforeEach
  void fill() {
    for (int i = 0; i < 40; i++) {
      EventData event = new EventData("{\"order\":" + i + ",\"customer\":\"customer-7\"}");
      event.getProperties().put("source", "import");
      eventHubs.send(HUB, "0", event);
    }
    for (int i = 0; i < 12; i++) {
      eventHubs.send(HUB, "1", new EventData("{\"order\":" + (40 + i) + "}"));
    }
    checkpoint(GROUP, "0", 27);
    checkpoint(GROUP, "1", 11);
    owner(GROUP, "1", "orders@node-b.example.org:25520", Duration.ofMinutes(192));
  }

  /** The written output, as it is on a terminal with colours. */
  private static void show(TerminalPicture picture, String output, String... arguments) {
    picture.command("eventhubs " + String.join(" ", arguments), output);
  }

  private void run(TerminalPicture picture, String... arguments) {
    Result result = runOnATerminal(arguments);
    assertThat(result.exitCode()).as(result.err()).isZero();
    show(picture, result.out() + result.err(), arguments);
  }

  /** Draws it, and compares the one of the documentation but for its numbers. */
  private static void isShown(TerminalPicture picture, String name, String description)
      throws IOException {
    assertThat(picture.text()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    String drawn = picture.draw(description);
    Path documented = DOCS.resolve("images").resolve(name + ".svg");
    if (WRITE) {
      Files.writeString(documented, drawn);
    }
    assertThat(words(Files.readString(documented)))
        .as("run this test with -Dpictures.write=true to draw the picture anew")
        .isEqualTo(words(drawn));
  }

  private static List<String> words(String svg) {
    return TEXT.matcher(svg)
        .results()
        .flatMap(text -> Stream.of(text.group(1).strip().split("\\s+")))
        .map(word -> NUMBER.matcher(word).replaceAll("0"))
        .toList();
  }

  @Test
  void theLagOfAGroup() throws Exception {
    TerminalPicture picture = new TerminalPicture();
    run(picture, "lag", HUB, "--group", GROUP);
    isShown(picture, "cli-lag", "The lag of each partition of a consumer group, with its owner");
  }

  @Test
  void whatIsInAnEventHub() throws Exception {
    TerminalPicture picture = new TerminalPicture();
    run(picture, "describe", HUB);
    isShown(picture, "cli-describe", "The first and the last event of each partition");
  }

  @Test
  void aResetBeforeItIsDone() throws Exception {
    TerminalPicture picture = new TerminalPicture();
    run(picture, "reset", HUB, "--group", GROUP, "--to", "earliest", "--partition", "0");
    isShown(picture, "cli-reset", "What a reset would change");
  }

  @Test
  void aPartitionThatIsClaimed() throws Exception {
    TerminalPicture picture = new TerminalPicture();
    String[] arguments = {"watch", HUB, "--group", GROUP};
    try (Running watch = new Running(arguments)) {
      watch.awaitOut("partition 1  orders@node-b");
      owner(GROUP, "0", "orders@node-a.example.org:25520");
      watch.awaitOut("partition 0  nobody -> orders@node-a[^\n]*\n");
      show(picture, watch.written.out(), arguments);
    }
    isShown(picture, "cli-watch", "A partition that gets an owner");
  }

  @Test
  void thePageInABrowser() throws Exception {
    owner(GROUP, "0", "orders@node-a.example.org:25520");
    try (Running ui = new Running("ui", HUB, "--port", "0")) {
      String address = ui.awaitOut("The page is at (http://\\S+)").group(1);
      try (PageInBrowser page = PageInBrowser.open(address, HUB, GROUP, "0", "documented-page")) {
        for (int i = 0; i < 4; i++) {
          assertThat(page.next()).startsWith("{");
        }
        for (String width : List.of("desktop", "phone")) {
          Path taken = Path.of("../emulator/target/node/documented-page", width + ".png");
          assertThat(taken).isNotEmptyFile();
          if (WRITE) {
            Files.write(picture("ui-" + width + ".png"), Files.readAllBytes(taken));
          }
        }
      }
    }
  }

  private static Path picture(String name) {
    return DOCS.resolve("images").resolve(name);
  }

  @Test
  void theDocumentationShowsEachPicture() throws IOException {
    String page = Files.readString(DOCS.resolve("cli.md"));
    for (String name :
        List.of(
            "cli-lag.svg",
            "cli-describe.svg",
            "cli-reset.svg",
            "cli-watch.svg",
            "ui-desktop.png",
            "ui-phone.png")) {
      assertThat(picture(name)).isNotEmptyFile();
      assertThat(page).contains("(images/" + name + ")");
    }
  }
}
