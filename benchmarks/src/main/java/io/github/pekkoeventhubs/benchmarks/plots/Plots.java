// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.plots;

import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler;

/** Draws what can be compared side by side, as SVG and as PNG. */
public final class Plots {

  /** Names like {@code consume.100B.4p.rate.raw}. */
  private static final Pattern RATE = Pattern.compile("([a-z]+)\\.(.+)\\.rate\\.([a-z0-9-]+)");

  /** Names like {@code consume.100B.4p.vs-raw}. */
  private static final Pattern RATIO = Pattern.compile("([a-z]+\\..+)\\.vs-([a-z0-9-]+)");

  /** So slow that the bars of the others could not be told apart. */
  private static final String OFF_THE_SCALE = "processor-100";

  private static final int WIDTH = 1100;
  private static final int HEIGHT = 460;
  private static final int LABEL_ANGLE = 30;

  private Plots() {}

  /** Writes those pictures for which there are figures into a folder that exists. */
  public static void write(Path folder, List<Figure> figures) throws IOException {
    System.setProperty("java.awt.headless", "true");
    for (String kind : List.of("consume", "produce")) {
      Series rates = rates(kind, figures);
      if (!rates.isEmpty()) {
        save(
            folder.resolve(kind + "-rates"),
            rates.chart("Thousand events per second: median and its 95 % interval", ""));
      }
    }
    Series ratios = ratios(figures);
    if (!ratios.isEmpty()) {
      save(
          folder.resolve("ratios"),
          ratios.chart("The connector's rate over the others': median and 95 % interval", ""));
    }
  }

  private static Series rates(String kind, List<Figure> figures) {
    Series series = new Series(1000);
    for (Figure figure : figures) {
      Matcher name = RATE.matcher(figure.name());
      if (name.matches() && name.group(1).equals(kind)) {
        series.add(name.group(3), name.group(2).replace('.', ' '), figure);
      }
    }
    return series;
  }

  private static Series ratios(List<Figure> figures) {
    Series series = new Series(1);
    for (Figure figure : figures) {
      Matcher name = RATIO.matcher(figure.name());
      if (name.matches()
          && name.group(1).startsWith("consume.")
          && !name.group(2).equals(OFF_THE_SCALE)) {
        series.add(name.group(2), name.group(1).replace("consume.", "").replace('.', ' '), figure);
      }
    }
    return series;
  }

  private static void save(Path file, CategoryChart chart) throws IOException {
    VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
  }

  /** Bars in groups: one bar for each name in each group. */
  private static final class Series {
    private final double divisor;
    private final Map<String, Map<String, Figure>> byName = new LinkedHashMap<>();
    private final Set<String> groups = new LinkedHashSet<>();

    Series(double divisor) {
      this.divisor = divisor;
    }

    void add(String name, String group, Figure figure) {
      byName.computeIfAbsent(name, newName -> new LinkedHashMap<>()).put(group, figure);
      groups.add(group);
    }

    boolean isEmpty() {
      return byName.isEmpty();
    }

    CategoryChart chart(String title, String axis) {
      CategoryChart chart =
          new CategoryChartBuilder()
              .width(WIDTH)
              .height(HEIGHT)
              .title(title)
              .yAxisTitle(axis)
              .build();
      chart
          .getStyler()
          .setChartBackgroundColor(Color.WHITE)
          .setChartTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14))
          .setLegendPosition(Styler.LegendPosition.OutsideE);
      chart.getStyler().setXAxisLabelRotation(groups.size() > 6 ? LABEL_ANGLE : 0);
      chart.getStyler().setPlotGridVerticalLinesVisible(false);
      byName.forEach(
          (name, values) -> {
            List<Double> medians = new ArrayList<>();
            List<Double> errors = new ArrayList<>();
            for (String group : groups) {
              Figure figure = values.get(group);
              medians.add(figure == null ? 0 : figure.value() / divisor);
              errors.add(
                  figure == null
                      ? 0
                      : (figure.interval().high() - figure.interval().low()) / 2 / divisor);
            }
            chart.addSeries(name, new ArrayList<>(groups), medians, errors);
          });
      return chart;
    }
  }
}
