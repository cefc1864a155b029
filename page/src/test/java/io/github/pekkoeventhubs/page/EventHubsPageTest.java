// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers of the page to requests, and the format of its data. */
class EventHubsPageTest {

  private static final PartitionEvents FIRST =
      new PartitionEvents("0", OptionalLong.of(5), OptionalLong.of(9));
  private static final PartitionEvents EMPTY =
      new PartitionEvents("1", OptionalLong.empty(), OptionalLong.empty());
  private static final Instant TIME = Instant.parse("2026-11-29T05:00:00Z");

  /** Two partitions, and whatever else a test puts in. */
  private static final class Data implements PageData {
    private final List<PeekRequest> requests = new ArrayList<>();
    private RuntimeException failure = new IllegalStateException();
    private boolean fails;
    private long checkpoint = 7;

    void failWith(RuntimeException problem) {
      failure = problem;
      fails = true;
    }

    @Override
    public Overview overview() {
      if (fails) {
        throw failure;
      }
      return new Overview(
          TIME,
          "here",
          List.of(
              new HubOverview(
                  "orders",
                  List.of(FIRST, EMPTY),
                  List.of(
                      new GroupProgress(
                          "billing",
                          Map.of(
                              "0",
                              new GroupPartition(
                                  Optional.of("<node>"),
                                  true,
                                  OptionalLong.of(checkpoint),
                                  OptionalLong.empty())))))),
          Optional.empty());
    }

    @Override
    public Peek events(PeekRequest request) {
      requests.add(request);
      return new Peek(
          FIRST,
          List.of(event("text".getBytes(StandardCharsets.UTF_8)), event(new byte[] {(byte) 255})));
    }
  }

  private static PeekedEvent event(byte[] body) {
    return new PeekedEvent(
        5, "80", TIME, Optional.of("key"), Map.of("a", 1), ByteBuffer.wrap(body));
  }

  private final Data data = new Data();
  private final EventHubsPage page = new EventHubsPage("A <title>", data);

  private PageAnswer get(String path, String query) {
    return page.answer("GET", path, query);
  }

  @Test
  void thePageHasItsTitleAndMayLoadNothingFromElsewhere() {
    PageAnswer answer = get("/", "");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body())
        .contains("<title>A &lt;title&gt;</title>")
        .doesNotContain("{title}", "https://");
    assertThat(answer.headers())
        .containsEntry("Content-Type", "text/html; charset=utf-8")
        .containsEntry("Cache-Control", "no-store")
        .hasEntrySatisfying(
            "Content-Security-Policy", policy -> assertThat(policy).contains("default-src 'none'"));
  }

  @Test
  void theStatusTellsWhatThereIsAndNullWhereThereIsNothing() {
    assertThat(get("/status.json", "").body())
        .isEqualTo(
            "{\"time\":\"2026-11-29T05:00:00Z\",\"place\":\"here\",\"eventHubs\":[{\"name\":\"orders\","
                + "\"partitions\":[{\"id\":\"0\",\"first\":5,\"last\":9,\"events\":5},"
                + "{\"id\":\"1\",\"first\":null,\"last\":null,\"events\":0}],"
                + "\"groups\":[{\"name\":\"billing\",\"used\":true,\"partitions\":{"
                + "\"0\":{\"owner\":\"\\u003cnode>\",\"expired\":true,\"checkpoint\":7,\"lag\":2,"
                + "\"receivers\":null},"
                + "\"1\":{\"owner\":null,\"expired\":false,\"checkpoint\":null,\"lag\":0,"
                + "\"receivers\":null}}}]}],\"connections\":null}");
  }

  @Test
  void aCheckpointBeyondTheEndHasNoLag() {
    data.checkpoint = 5000;

    assertThat(get("/status.json", "").body()).contains("\"checkpoint\":5000,\"lag\":null,");
    assertThat(FIRST.endsBefore(OptionalLong.of(10))).isTrue();
    assertThat(FIRST.endsBefore(OptionalLong.of(9))).isFalse();
    assertThat(FIRST.endsBefore(OptionalLong.empty())).isFalse();
    assertThat(EMPTY.endsBefore(OptionalLong.of(-1))).isFalse();
    assertThat(EMPTY.endsBefore(OptionalLong.of(0))).isTrue();
  }

  @Test
  void eventsAreShownAsTextOrInBase64() {
    assertThat(get("/events.json", "hub=a%26b&partition=0&from=3&count=7").body())
        .contains("\"first\":5,\"last\":9")
        .contains(
            "{\"sequenceNumber\":5,\"offset\":\"80\",\"enqueuedTime\":\"2026-11-29T05:00:00Z\","
                + "\"partitionKey\":\"key\",\"properties\":{\"a\":\"1\"},\"bytes\":4,"
                + "\"encoding\":\"text\",\"body\":\"text\",\"cut\":false}")
        .contains("\"encoding\":\"base64\",\"body\":\"/w==\"");
    assertThat(data.requests).containsExactly(new PeekRequest("a&b", "0", OptionalLong.of(3), 7));
  }

  @Test
  void aLongBodyIsCutAndSaysSo() {
    assertThat(Json.of(event("x".repeat(5000).getBytes(StandardCharsets.UTF_8)).toMap()))
        .contains("\"bytes\":5000", "\"cut\":true")
        .hasSizeLessThan(4500);
    byte[] binary = new byte[5000];
    binary[0] = (byte) 255;
    assertThat(Json.of(event(binary).toMap()))
        .contains("\"bytes\":5000", "\"cut\":true")
        .hasSizeLessThan(4500);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hub=orders",
        "partition=0",
        "hub=orders&partition=0&from=-1",
        "hub=orders&partition=0&from=latest",
        "hub=orders&partition=0&count=0",
        "hub=orders&partition=0&count=51",
        "hub=orders&partition=0&count=99999999999",
        "hub=orders&partition=0&delete=1",
        "hub=%zz&partition=0"
      })
  void aRequestThatCannotBeUnderstoodIsRefused(String query) {
    PageAnswer answer = get("/events.json", query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).startsWith("{\"problem\":\"");
    assertThat(data.requests).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/,405",
    "PUT,/status.json,405",
    "DELETE,/events.json,405",
    "OPTIONS,/,405",
    "GET,/else,404",
    "GET,/../status.json,404",
    "POST,/else,404"
  })
  void everyOtherMethodAndPathIsRefused(String method, String path, int status) {
    assertThat(page.serves(method, path)).isFalse();
    PageAnswer answer = page.answer(method, path, "");

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.headers().containsKey("Allow")).isEqualTo(status == 405);
  }

  @Test
  void aProblemIsShownAndAnUnexpectedFailureIsNot() {
    data.failWith(PageProblem.unavailable("the store is away"));
    assertThat(get("/status.json", "").status()).isEqualTo(503);
    assertThat(get("/status.json", "").body()).isEqualTo("{\"problem\":\"the store is away\"}");

    data.failWith(new IllegalStateException("SharedAccessKey=secret"));
    assertThat(get("/status.json", "").status()).isEqualTo(500);
    assertThat(get("/status.json", "").body()).doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource({"9,0", "7,2", "4,5", "-1,5", "12,0", ",5"})
  void theLagCountsOnlyEventsThatThePartitionStillHolds(Long checkpoint, long lag) {
    OptionalLong number = checkpoint == null ? OptionalLong.empty() : OptionalLong.of(checkpoint);

    assertThat(FIRST.lag(number)).isEqualTo(lag);
    assertThat(EMPTY.lag(number)).isZero();
  }

  @Test
  void theNewestEventsAreThoseAtTheEndAndNoneBeforeTheBeginning() {
    assertThat(new PeekRequest("h", "0", OptionalLong.empty(), 3).begin(5, 9)).isEqualTo(7);
    assertThat(new PeekRequest("h", "0", OptionalLong.empty(), 20).begin(5, 9)).isEqualTo(5);
    assertThat(new PeekRequest("h", "0", OptionalLong.of(1), 20).begin(5, 9)).isEqualTo(5);
    assertThat(new PeekRequest("h", "0", OptionalLong.of(8), 20).begin(5, 9)).isEqualTo(8);
  }
}
