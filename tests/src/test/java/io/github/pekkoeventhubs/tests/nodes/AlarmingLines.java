// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The lines at WARN or above in the log of a healthy node. Those are left out that a machine causes
 * which lets the node wait for a processor: that heartbeats were late and nodes seemed to be
 * unreachable, and, close to a late heartbeat of this node, that it was paused or has not got an
 * answer in time.
 */
final class AlarmingLines {

  private static final Duration CLOSE = Duration.ofSeconds(10);
  private static final Duration DAY = Duration.ofDays(1);

  private static final Pattern ALARMING = Pattern.compile("^\\S+ (?:WARN|ERROR) .*");

  /**
   * Lines that docs/production.md gives a level for, and one that only the class path of these
   * tests causes: the published stream testkit is older than the newest Pekko.
   */
  private static final Pattern DOCUMENTED =
      Pattern.compile(
          "^\\S+ WARN +(?:com\\.azure\\.core\\.amqp\\.implementation\\.MessageFlux"
              + "|org\\.apache\\.pekko\\.util\\.ManifestInfo) .*");

  private static final Pattern STARVED =
      Pattern.compile(
          "^\\S+ WARN +org\\.apache\\.pekko\\.cluster\\.\\S+ "
              + ".*Scheduled sending of heartbeat was delayed.*");

  private static final Pattern UNREACHABLE =
      Pattern.compile(
          "^\\S+ WARN +org\\.apache\\.pekko\\.(?:cluster|remote)\\.\\S+ "
              + ".*(?:Marking node as UNREACHABLE|Detected unreachable"
              + "|heartbeat interval is growing too large).*");

  private static final Pattern LATE =
      Pattern.compile(
          "^\\S+ WARN +io\\.github\\.pekkoeventhubs\\.\\S+ "
              + ".*(?:was paused: looking at the claim|no answer within).*");

  private AlarmingLines() {}

  /** Those of one node, whose lines begin with the time. */
  static List<String> of(List<String> log) {
    List<LocalTime> starved =
        log.stream()
            .filter(line -> STARVED.matcher(line).matches())
            .map(AlarmingLines::time)
            .toList();
    return log.stream()
        .filter(line -> ALARMING.matcher(line).matches())
        .filter(line -> !DOCUMENTED.matcher(line).matches())
        .filter(line -> !STARVED.matcher(line).matches())
        .filter(line -> !UNREACHABLE.matcher(line).matches())
        .filter(line -> !(LATE.matcher(line).matches() && isClose(time(line), starved)))
        .toList();
  }

  private static LocalTime time(String line) {
    return LocalTime.parse(line.substring(0, line.indexOf(' ')));
  }

  private static boolean isClose(LocalTime time, List<LocalTime> others) {
    return others.stream()
        .map(other -> Duration.between(time, other).abs())
        // The time of a line has no date.
        .anyMatch(apart -> apart.compareTo(CLOSE) <= 0 || DAY.minus(apart).compareTo(CLOSE) <= 0);
  }
}
