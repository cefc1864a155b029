// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which node reads which partition over the time of a run, as a picture in SVG: a bar for each time
 * with an owner, and between two owners how long nobody has read.
 */
final class OwnersPicture {

  private static final int WIDTH = 760;
  private static final int LEFT = 96;
  private static final int TOP = 86;
  private static final int ROW = 30;
  private static final int BAR = 20;
  private static final List<String> COLOURS =
      List.of("#2b6cb0", "#2f855a", "#c05621", "#6b46c1", "#b7791f");

  /** A time in which one node has read a partition, in seconds. */
  private static final class Reading {
    final String owner;
    final double from;
    double to;

    Reading(String owner, double from) {
      this.owner = owner;
      this.from = from;
      this.to = from;
    }
  }

  private record Mark(double at, String text) {}

  private final Map<String, List<Reading>> partitions = new LinkedHashMap<>();
  private final List<Mark> marks = new ArrayList<>();
  private final StringBuilder svg = new StringBuilder();
  private double end;

  /** Remembers who reads now. */
  void look(Duration elapsed, List<PartitionProgress> progress) {
    end = seconds(elapsed);
    for (PartitionProgress partition : progress) {
      List<Reading> readings =
          partitions.computeIfAbsent(partition.partition(), id -> new ArrayList<>());
      if (!partition.isRunning()) {
        readings.add(new Reading("", end));
      } else if (readings.isEmpty()
          || !readings.get(readings.size() - 1).owner.equals(partition.owner())) {
        readings.add(new Reading(partition.owner(), end));
      }
      readings.get(readings.size() - 1).to = end;
    }
  }

  /** Remembers that something has been done now. */
  void mark(Duration elapsed, String text) {
    marks.add(new Mark(seconds(elapsed), text));
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1000.0;
  }

  /** The picture of what was remembered. */
  String svg() {
    svg.setLength(0);
    int height = TOP + partitions.size() * ROW + 46;
    add(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'>",
        WIDTH, height);
    add("<rect width='%d' height='%d' fill='#ffffff'/>", WIDTH, height);
    legend();
    int row = 0;
    for (Map.Entry<String, List<Reading>> partition : partitions.entrySet()) {
      row(partition.getKey(), partition.getValue(), TOP + row++ * ROW);
    }
    axis(TOP + row * ROW);
    for (Mark mark : marks) {
      double x = x(mark.at);
      add(
          "<path d='M%.1f %d V%d' stroke='#c53030' stroke-width='1.5' stroke-dasharray='4 3'/>",
          x, TOP - 12, TOP + row * ROW);
      add(
          "<text x='%.1f' y='%d' font-size='13' fill='#c53030' text-anchor='middle'>%s</text>",
          x, TOP - 18, mark.text);
    }
    svg.append("</svg>\n");
    return svg.toString();
  }

  private void legend() {
    int place = LEFT;
    for (String owner : owners()) {
      add("<rect x='%d' y='18' width='16' height='16' rx='3' fill='%s'/>", place, colour(owner));
      add("<text x='%d' y='31' font-size='14' fill='#1a202c'>%s</text>", place + 22, owner);
      place += 100;
    }
    add(
        "<text x='%d' y='31' font-size='13' fill='#57606a'>between two bars: nobody reads</text>",
        place);
  }

  private void row(String partition, List<Reading> readings, int y) {
    add("<text x='10' y='%d' font-size='13' fill='#1a202c'>partition %s</text>", y + 15, partition);
    Reading last = null;
    for (Reading reading : readings) {
      if (reading.owner.isEmpty()) {
        continue;
      }
      double from = reading.from;
      if (last != null && last.owner.equals(reading.owner)) {
        // A link that was attached anew: the owner has stayed.
        from = last.to;
      } else if (last != null) {
        gap(last.to, reading.from, y);
      }
      add(
          "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='%s'/>",
          x(from), y, Math.max(1, x(reading.to) - x(from)), BAR, colour(reading.owner));
      last = reading;
    }
  }

  private void gap(double from, double to, int y) {
    double width = x(to) - x(from);
    if (width > 30) {
      add(
          "<text x='%.1f' y='%d' font-size='12' fill='#57606a' text-anchor='middle'>%.1f s</text>",
          x(from) + width / 2, y + 15, to - from);
    }
  }

  private void axis(int y) {
    for (int second = 0; second <= end; second += 5) {
      add("<path d='M%.1f %d v5' stroke='#57606a'/>", x(second), y);
      add(
          "<text x='%.1f' y='%d' font-size='12' fill='#57606a' text-anchor='middle'>%d s</text>",
          x(second), y + 19, second);
    }
  }

  private double x(double second) {
    return LEFT + second / Math.max(1, end) * (WIDTH - LEFT - 24);
  }

  private List<String> owners() {
    return partitions.values().stream()
        .flatMap(List::stream)
        .map(reading -> reading.owner)
        .filter(owner -> !owner.isEmpty())
        .distinct()
        .sorted()
        .toList();
  }

  private String colour(String owner) {
    return COLOURS.get(Math.floorMod(owners().indexOf(owner), COLOURS.size()));
  }

  private void add(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
