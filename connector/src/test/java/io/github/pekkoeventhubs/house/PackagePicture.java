// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.house;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Draws the packages of the connector in rows, with an arrow for each one that uses another. */
final class PackagePicture {

  /** From the operators at the top to what all stand on at the bottom: arrows point down. */
  private static final List<List<String>> ROWS =
      List.of(
          List.of("javadsl"),
          List.of("commit", "receive", "produce"),
          List.of("sharded", "balanced"),
          List.of("group"),
          List.of("ownership", "lease"),
          List.of("life", "continuity", "acknowledgement", "store"),
          List.of("blob"),
          List.of("threads", "accesstoken", "log"),
          List.of("failure", "tracing"));

  /** Its arrows would cross the whole picture. */
  private static final String USED_BY_MANY = "threads";

  private static final int WIDTH = 800;
  private static final int ROW_HEIGHT = 80;
  private static final int BOX_WIDTH = 160;
  private static final int BOX_HEIGHT = 40;

  private record Box(int x, int y, int row) {}

  private final Map<String, Box> boxes = new LinkedHashMap<>();

  private PackagePicture() {
    for (int row = 0; row < ROWS.size(); row++) {
      List<String> names = ROWS.get(row);
      for (int i = 0; i < names.size(); i++) {
        int x = WIDTH * (2 * i + 1) / (2 * names.size());
        boxes.put(names.get(i), new Box(x, 20 + row * ROW_HEIGHT, row));
      }
    }
  }

  static Set<String> packages() {
    return new TreeSet<>(new PackagePicture().boxes.keySet());
  }

  /**
   * The picture as SVG.
   *
   * @param uses the packages that each package imports from
   * @throws IllegalArgumentException if a package is not in a row above the ones that it uses
   */
  static String of(Map<String, Set<String>> uses) {
    return new PackagePicture().draw(uses);
  }

  private String draw(Map<String, Set<String>> uses) {
    StringBuilder svg = new StringBuilder();
    int height = 20 + ROWS.size() * ROW_HEIGHT;
    svg.append(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'>%n"
            .formatted(WIDTH, height));
    svg.append(
        "<defs><marker id='end' viewBox='0 0 8 8' refX='8' refY='4' markerWidth='7'"
            + " markerHeight='7' orient='auto'><path d='M0 0L8 4L0 8z' fill='#57606a'/></marker></defs>\n");
    svg.append("<rect width='%d' height='%d' fill='#ffffff'/>%n".formatted(WIDTH, height));
    uses.forEach(
        (user, used) ->
            used.stream()
                .filter(name -> !name.equals(USED_BY_MANY))
                .forEach(name -> svg.append(arrow(user, name))));
    boxes.forEach((name, box) -> svg.append(drawn(name, box)));
    return svg.append("</svg>\n").toString();
  }

  private String arrow(String user, String used) {
    Box from = box(user);
    Box to = box(used);
    if (from.row() >= to.row()) {
      throw new IllegalArgumentException(user + " is not drawn above " + used);
    }
    int startX = from.x() + (to.x() - from.x()) / 8;
    int endX = to.x() - (to.x() - from.x()) / 8;
    return "<path d='M%d %dL%d %d' stroke='#57606a' fill='none' marker-end='url(#end)'/>%n"
        .formatted(startX, from.y() + BOX_HEIGHT, endX, to.y());
  }

  private static String drawn(String name, Box box) {
    return ("<rect x='%d' y='%d' width='%d' height='%d' rx='6' fill='#ddf4ff' stroke='#0969da'/>"
            + "<text x='%d' y='%d' text-anchor='middle' font-size='16'>%s</text>%n")
        .formatted(
            box.x() - BOX_WIDTH / 2,
            box.y(),
            BOX_WIDTH,
            BOX_HEIGHT,
            box.x(),
            box.y() + BOX_HEIGHT / 2 + 5,
            name);
  }

  private Box box(String name) {
    Box box = boxes.get(name);
    if (box == null) {
      throw new IllegalArgumentException("the package " + name + " has no row in the picture");
    }
    return box;
  }
}
