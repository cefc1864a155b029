// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests of a browser: the page, its data and events. It reads only, and refuses
 * every other method and path. Safe for all threads; blocks as long as its data does.
 *
 * <ul>
 *   <li>{@code /} is the page
 *   <li>{@code /status.json} is what the page shows
 *   <li>{@code /events.json?hub=..&partition=..} shows events of a partition, the newest ones or,
 *       with {@code from}, from a sequence number on; {@code count} says how many
 * </ul>
 */
public final class EventHubsPage {

  private static final String PAGE = "/";
  private static final String STATUS = "/status.json";
  private static final String EVENTS = "/events.json";
  private static final Set<String> PATHS = Set.of(PAGE, STATUS, EVENTS);
  private static final Set<String> PARAMETERS = Set.of("hub", "partition", "from", "count");

  /** Nothing but the page itself may be loaded, sent to, or put around it. */
  private static final Map<String, String> HEADERS =
      Map.of(
          "Cache-Control", "no-store",
          "Content-Security-Policy",
              "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
                  + " img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
                  + " frame-ancestors 'none'",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Referrer-Policy", "no-referrer",
          "X-Content-Type-Options", "nosniff");

  private final String html;
  private final PageData data;

  /**
   * Reads the page.
   *
   * @param title the heading
   */
  public EventHubsPage(String title, PageData data) {
    this.html = template().replace("{title}", escaped(title));
    this.data = data;
  }

  private static String template() {
    try (InputStream page = EventHubsPage.class.getResourceAsStream("page.html")) {
      return new String(Objects.requireNonNull(page, "page.html").readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** Whether this method and path are the page's; everything else is refused. */
  public boolean serves(String method, String path) {
    return isRead(method) && PATHS.contains(path);
  }

  private static boolean isRead(String method) {
    return method.equals("GET") || method.equals("HEAD");
  }

  /**
   * The answer to a request. Never throws.
   *
   * @param query as it came; null or empty if there is none
   */
  public PageAnswer answer(String method, String path, @Nullable String query) {
    if (!PATHS.contains(path)) {
      return problem(404, "there is no such page");
    }
    if (!isRead(method)) {
      return answer(405, "application/json", problemText("this page is read-only"), "GET, HEAD");
    }
    try {
      return switch (path) {
        case STATUS -> json(200, Json.of(data.overview().toMap()));
        case EVENTS -> json(200, Json.of(data.events(request(query)).toMap()));
        default -> answer(200, "text/html", html, null);
      };
    } catch (PageProblem shown) {
      return problem(shown.status(), String.valueOf(shown.getMessage()));
    } catch (RuntimeException hidden) {
      // Its message may hold anything.
      return problem(500, "this could not be found out: " + hidden.getClass().getSimpleName());
    }
  }

  private static PeekRequest request(@Nullable String query) {
    Map<String, String> parameters = parameters(query);
    return new PeekRequest(
        required(parameters, "hub"),
        required(parameters, "partition"),
        parameters.containsKey("from")
            ? OptionalLong.of(number(parameters, "from"))
            : OptionalLong.empty(),
        parameters.containsKey("count")
            ? (int) Math.min(Integer.MAX_VALUE, number(parameters, "count"))
            : PeekRequest.DEFAULT_COUNT);
  }

  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new TreeMap<>();
    if (query == null || query.isEmpty()) {
      return parameters;
    }
    for (String part : query.split("&", -1)) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      if (!PARAMETERS.contains(name)) {
        throw PageProblem.wrongRequest("there is a parameter besides " + sorted());
      }
      parameters.put(name, decoded(equals < 0 ? "" : part.substring(equals + 1)));
    }
    return parameters;
  }

  private static String sorted() {
    return String.join(", ", PARAMETERS.stream().sorted().toList());
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, UTF_8);
    } catch (IllegalArgumentException e) {
      throw PageProblem.wrongRequest("a parameter is not encoded as in an address");
    }
  }

  private static String required(Map<String, String> parameters, String name) {
    String value = parameters.getOrDefault(name, "");
    if (value.isEmpty()) {
      throw PageProblem.wrongRequest(name + " is missing");
    }
    return value;
  }

  private static long number(Map<String, String> parameters, String name) {
    String text = parameters.getOrDefault(name, "");
    if (!text.matches("\\d{1,18}")) {
      throw PageProblem.wrongRequest(name + " must be a number that is not negative");
    }
    return Long.parseLong(text);
  }

  private static PageAnswer problem(int status, String message) {
    return json(status, problemText(message));
  }

  private static String problemText(String message) {
    return Json.of(Map.of("problem", message));
  }

  private static PageAnswer json(int status, String body) {
    return answer(status, "application/json", body, null);
  }

  private static PageAnswer answer(
      int status, String contentType, String body, @Nullable String allowedMethods) {
    Map<String, String> headers = new LinkedHashMap<>(HEADERS);
    headers.put("Content-Type", contentType + "; charset=utf-8");
    if (allowedMethods != null) {
      headers.put("Allow", allowedMethods);
    }
    return new PageAnswer(status, headers, body);
  }
}
