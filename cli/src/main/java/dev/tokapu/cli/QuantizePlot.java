package dev.tokapu.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A picture of points over sizes, as SVG: a name beside each, a line between them. */
final class QuantizePlot {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 340;
    private static final int LEFT = 70;
    private static final int RIGHT = 30;
    private static final int TOP = 30;
    private static final int BOTTOM = 46;
    private static final double MARGIN = 0.08;
    private static final int TICKS = 6;
    private static final int LABEL_WIDTH = 62;

    /**
     * A point.
     *
     * @param error how far the value may be off, both ways
     */
    record Point(String name, double size, double value, double error) {}

    private final String title;
    private final String unit;
    private final boolean logarithmic;
    private final List<Point> points;
    private final @Nullable Double reference;
    private final double fromX;
    private final double toX;
    private final double fromY;
    private final double toY;

    /**
     * A picture.
     *
     * @param unit of the sizes
     * @param logarithmic whether the values, which are above 0 then, have a logarithmic scale
     * @param reference where a dashed line is drawn
     */
    QuantizePlot(String title, String unit, boolean logarithmic, List<Point> points, @Nullable Double reference) {
        this.title = title;
        this.unit = unit;
        this.logarithmic = logarithmic;
        this.points =
                points.stream().sorted(Comparator.comparingDouble(Point::size)).toList();
        this.reference = reference;
        List<Double> values = new ArrayList<>();
        for (Point point : points) {
            values.add(scaled(point.value() + point.error()));
            values.add(scaled(logarithmic ? point.value() : point.value() - point.error()));
        }
        if (reference != null) {
            values.add(scaled(reference));
        }
        double low = values.stream().mapToDouble(value -> value).min().orElse(0);
        double high = values.stream().mapToDouble(value -> value).max().orElse(1);
        double margin = Math.max(high - low, 1e-9) * MARGIN;
        fromY = low - margin;
        toY = high + 2 * margin;
        double largest = points.stream().mapToDouble(Point::size).max().orElse(1);
        double smallest = points.stream().mapToDouble(Point::size).min().orElse(0);
        double wide = Math.max(largest - smallest, largest * MARGIN) * MARGIN;
        fromX = smallest - wide;
        toX = largest + wide;
    }

    private double scaled(double value) {
        return logarithmic ? Math.log10(Math.max(value, 1e-9)) : value;
    }

    private double x(double size) {
        return LEFT + (size - fromX) / (toX - fromX) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - (scaled(value) - fromY) / (toY - fromY) * (HEIGHT - TOP - BOTTOM);
    }

    String svg() {
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
                WIDTH,
                HEIGHT,
                escape(title)));
        axes(svg);
        if (reference != null) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"base\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>%n",
                    LEFT,
                    WIDTH - RIGHT,
                    y(reference),
                    y(reference)));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text class=\"base\" x=\"%d\" y=\"%.1f\">original</text>%n",
                    LEFT + 4, // the files that are nearly as good are large
                    y(reference) + 14));
        }
        StringBuilder line = new StringBuilder();
        points.forEach(
                point -> line.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point.size()), y(point.value()))));
        svg.append("<polyline points=\"").append(line).append("\"/>\n");
        double lastLabel = Double.NEGATIVE_INFINITY;
        boolean above = true;
        for (Point point : points) {
            double at = x(point.size());
            above = at - lastLabel > LABEL_WIDTH || !above;
            lastLabel = at;
            point(svg, point, above);
        }
        return svg.append("</svg>\n").toString();
    }

    private void point(StringBuilder svg, Point point, boolean above) {
        double x = x(point.size());
        double y = y(point.value());
        double low = logarithmic ? point.value() : point.value() - point.error();
        if (point.error() > 0) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"error\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>%n",
                    x,
                    x,
                    y(point.value() + point.error()),
                    y(low)));
        }
        svg.append(String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>%n", x, y));
        svg.append(String.format(
                Locale.ROOT,
                "<text class=\"name\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>%n",
                x,
                above ? y(point.value() + point.error()) - 10 : y(low) + 20,
                escape(point.name())));
    }

    private void axes(StringBuilder svg) {
        for (double tick : ticks(fromX, toX)) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    x(tick),
                    HEIGHT - BOTTOM + 18,
                    number(tick)));
        }
        List<Double> values = logarithmic ? powers() : ticks(fromY, toY);
        for (double tick : values) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>%n",
                    LEFT,
                    WIDTH - RIGHT,
                    y(tick),
                    y(tick)));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                    LEFT - 8,
                    y(tick) + 4,
                    number(tick)));
        }
        svg.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"16\">%s</text>%n", LEFT, escape(title)));
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">size of the file in %s</text>%n",
                WIDTH - RIGHT,
                HEIGHT - 8,
                unit));
    }

    /** Round numbers between two. */
    private static List<Double> ticks(double from, double to) {
        double step = Math.pow(10, Math.floor(Math.log10((to - from) / TICKS)));
        for (double factor : new double[] {2, 2.5, 2}) {
            if ((to - from) / step > TICKS) {
                step *= factor;
            }
        }
        List<Double> ticks = new ArrayList<>();
        for (double tick = Math.ceil(from / step) * step; tick <= to; tick += step) {
            ticks.add(tick);
        }
        return ticks;
    }

    /** 1, 2 and 5 times powers of ten; powers alone where there are many. */
    private List<Double> powers() {
        List<Double> ticks = new ArrayList<>();
        for (int power = (int) Math.floor(fromY); power <= toY; power++) {
            for (double factor : toY - fromY > 2 ? new double[] {1} : new double[] {1, 2, 5}) {
                double tick = factor * Math.pow(10, power);
                if (Math.log10(tick) >= fromY && Math.log10(tick) <= toY) {
                    ticks.add(tick);
                }
            }
        }
        return ticks;
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.5f", value);
        return text.replaceFirst("\\.?0+$", "");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
