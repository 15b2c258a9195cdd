package io.prefstream.trainer.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * A chart of lines as SVG 1.1: each with a band from low to high, y from 0 to 1, x linear or by
 * powers. Plain elements only, so that every browser and Markdown viewer shows it.
 *
 * @param logarithmic whether equal factors of x are equal distances; x must be above 0 then
 * @param diagonal whether y = x is drawn, for what should lie on it
 */
public record LineChart(
        String title,
        String xLabel,
        String yLabel,
        boolean logarithmic,
        boolean diagonal,
        List<Line> lines) {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 440;
    private static final int LEFT = 70;
    private static final int RIGHT = 180;
    private static final int TOP = 40;
    private static final int BOTTOM = 60;

    /** Okabe and Ito's colours, which those who see few colours can tell apart. */
    private static final List<String> COLOURS =
            List.of("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9");

    public LineChart {
        lines = List.copyOf(lines);
        for (Line line : lines) {
            for (Point point : line.points()) {
                if (logarithmic && !(point.x() > 0)) {
                    throw new IllegalArgumentException(
                            "x=%s of %s must be above 0".formatted(point.x(), line.name()));
                }
            }
        }
    }

    /** A line; its points are in order of x. */
    public record Line(String name, List<Point> points) {
        public Line {
            points = List.copyOf(points);
        }
    }

    /** A point and the band around it. */
    public record Point(double x, double y, double low, double high) {}

    /** The chart as a document. */
    public String svg() {
        List<Double> xs =
                lines.stream()
                        .flatMap(line -> line.points().stream())
                        .map(Point::x)
                        .distinct()
                        .sorted()
                        .toList();
        StringBuilder svg = new StringBuilder();
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">%n"
                        .formatted(WIDTH, HEIGHT));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, 22, "middle", title);
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", xLabel);
        svg.append(
                "<text transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>%n"
                        .formatted((TOP + HEIGHT - BOTTOM) / 2, escaped(yLabel)));
        for (int tenth = 0; tenth <= 10; tenth += 2) {
            double y = y(tenth / 10.0);
            stroke(svg, LEFT, y, WIDTH - RIGHT, y, "#dddddd", "");
            text(svg, LEFT - 8, y + 4, "end", String.format(Locale.ROOT, "%.1f", tenth / 10.0));
        }
        if (!xs.isEmpty()) {
            DoubleUnaryOperator x = scale(xs);
            double free = Double.NEGATIVE_INFINITY;
            for (double tick : xs) {
                double at = x.applyAsDouble(tick);
                stroke(svg, at, HEIGHT - BOTTOM, at, HEIGHT - BOTTOM + 5, "#444444", "");
                if (at >= free) {
                    text(svg, at, HEIGHT - BOTTOM + 20, "middle", number(tick));
                    free = at + 9.0 * number(tick).length() + 6;
                }
            }
            if (diagonal) {
                double from = xs.get(0);
                double to = xs.get(xs.size() - 1);
                stroke(
                        svg,
                        x.applyAsDouble(from),
                        y(from),
                        x.applyAsDouble(to),
                        y(to),
                        "#888888",
                        " stroke-dasharray=\"4 4\"");
            }
            for (int i = 0; i < lines.size(); i++) {
                line(svg, lines.get(i), x, COLOURS.get(i % COLOURS.size()), TOP + 10 + 22 * i);
            }
        }
        return svg.append("</svg>\n").toString();
    }

    private void line(
            StringBuilder svg, Line line, DoubleUnaryOperator x, String colour, int legend) {
        List<String> middle = new ArrayList<>();
        List<String> upper = new ArrayList<>();
        List<String> lower = new ArrayList<>();
        for (Point point : line.points()) {
            double at = x.applyAsDouble(point.x());
            middle.add(pair(at, y(point.y())));
            upper.add(pair(at, y(point.high())));
            lower.add(0, pair(at, y(point.low())));
        }
        svg.append(
                "<polygon points=\"%s %s\" fill=\"%s\" fill-opacity=\"0.15\"/>%n"
                        .formatted(String.join(" ", upper), String.join(" ", lower), colour));
        svg.append(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n"
                        .formatted(String.join(" ", middle), colour));
        for (String point : middle) {
            String[] at = point.split(",");
            svg.append(
                    "<circle cx=\"%s\" cy=\"%s\" r=\"3\" fill=\"%s\"/>%n"
                            .formatted(at[0], at[1], colour));
        }
        int left = WIDTH - RIGHT + 15;
        stroke(svg, left, legend, left + 20, legend, colour, " stroke-width=\"2\"");
        text(svg, left + 26, legend + 4, "start", line.name());
    }

    private DoubleUnaryOperator scale(List<Double> xs) {
        double from = position(xs.get(0));
        double to = position(xs.get(xs.size() - 1));
        double width = WIDTH - RIGHT - LEFT;
        return value ->
                to == from
                        ? LEFT + width / 2
                        : LEFT + width * (position(value) - from) / (to - from);
    }

    private double position(double x) {
        return logarithmic ? Math.log(x) : x;
    }

    private static double y(double value) {
        double inside = Math.max(0, Math.min(1, value));
        return HEIGHT - BOTTOM - inside * (HEIGHT - BOTTOM - TOP);
    }

    private static void stroke(
            StringBuilder svg,
            double x1,
            double y1,
            double x2,
            double y2,
            String colour,
            String more) {
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"%s/>%n",
                        x1,
                        y1,
                        x2,
                        y2,
                        colour,
                        more));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
                        x,
                        y,
                        anchor,
                        escaped(text)));
    }

    private static String pair(double x, double y) {
        return String.format(Locale.ROOT, "%.1f,%.1f", x, y);
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
