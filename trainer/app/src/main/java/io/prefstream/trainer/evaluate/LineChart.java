package io.prefstream.trainer.evaluate;

import io.prefstream.trainer.evaluate.ChartCanvas.Anchor;
import io.prefstream.trainer.evaluate.ChartCanvas.Spot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A chart of lines, each with a band from low to high, y from 0 to 1, x linear or by powers: as SVG
 * and, drawn by the same code, as PNG.
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
    private static final Logger LOG = LoggerFactory.getLogger(LineChart.class);
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

    /**
     * Writes {@code NAME.svg} and {@code NAME.png}; the second is left out, and that said, where
     * this Java has no fonts to draw with, as in small container images.
     */
    public void write(Path folder, String name) throws IOException {
        Files.writeString(folder.resolve(name + ".svg"), svg());
        try {
            Files.write(folder.resolve(name + ".png"), png());
        } catch (LinkageError | InternalError | RuntimeException e) {
            LOG.warn(
                    "no {}.png: this Java can't draw texts ({}); {}.svg shows the same, and an"
                            + " installed fontconfig with a font helps",
                    name,
                    e.toString(),
                    name);
        }
    }

    /** The chart as a document. */
    String svg() {
        SvgCanvas canvas = new SvgCanvas(WIDTH, HEIGHT);
        draw(canvas);
        return canvas.document();
    }

    /** The chart as a file's bytes. */
    byte[] png() throws IOException {
        try (PngCanvas canvas = new PngCanvas(WIDTH, HEIGHT)) {
            draw(canvas);
            return canvas.bytes();
        }
    }

    private void draw(ChartCanvas canvas) {
        List<Double> xs =
                lines.stream()
                        .flatMap(line -> line.points().stream())
                        .map(Point::x)
                        .distinct()
                        .sorted()
                        .toList();
        double middle = (LEFT + WIDTH - RIGHT) / 2.0;
        canvas.text(new Spot(middle, 22), Anchor.MIDDLE, title, false);
        canvas.text(new Spot(middle, HEIGHT - 14), Anchor.MIDDLE, xLabel, false);
        canvas.text(new Spot(18, (TOP + HEIGHT - BOTTOM) / 2.0), Anchor.MIDDLE, yLabel, true);
        for (int tenth = 0; tenth <= 10; tenth += 2) {
            double y = y(tenth / 10.0);
            canvas.line(new Spot(LEFT, y), new Spot(WIDTH - RIGHT, y), "#dddddd", 1, false);
            canvas.text(
                    new Spot(LEFT - 8, y + 4),
                    Anchor.END,
                    String.format(Locale.ROOT, "%.1f", tenth / 10.0),
                    false);
        }
        if (xs.isEmpty()) {
            return;
        }
        DoubleUnaryOperator x = scale(xs);
        ticks(canvas, xs, x);
        if (diagonal) {
            double from = xs.get(0);
            double to = xs.get(xs.size() - 1);
            canvas.line(
                    new Spot(x.applyAsDouble(from), y(from)),
                    new Spot(x.applyAsDouble(to), y(to)),
                    "#888888",
                    1,
                    true);
        }
        for (int i = 0; i < lines.size(); i++) {
            draw(canvas, lines.get(i), x, COLOURS.get(i % COLOURS.size()), TOP + 10 + 22 * i);
        }
    }

    private static void ticks(ChartCanvas canvas, List<Double> xs, DoubleUnaryOperator x) {
        double free = Double.NEGATIVE_INFINITY;
        double axis = HEIGHT - BOTTOM;
        for (double tick : xs) {
            double at = x.applyAsDouble(tick);
            canvas.line(new Spot(at, axis), new Spot(at, axis + 5), "#444444", 1, false);
            if (at >= free) {
                canvas.text(new Spot(at, axis + 20), Anchor.MIDDLE, number(tick), false);
                free = at + 9.0 * number(tick).length() + 6;
            }
        }
    }

    private static void draw(
            ChartCanvas canvas, Line line, DoubleUnaryOperator x, String colour, int legend) {
        List<Spot> middle = new ArrayList<>();
        List<Spot> band = new ArrayList<>();
        List<Spot> lower = new ArrayList<>();
        for (Point point : line.points()) {
            double at = x.applyAsDouble(point.x());
            middle.add(new Spot(at, y(point.y())));
            band.add(new Spot(at, y(point.high())));
            lower.add(0, new Spot(at, y(point.low())));
        }
        band.addAll(lower);
        canvas.area(band, colour);
        canvas.path(middle, colour);
        middle.forEach(spot -> canvas.dot(spot, colour));
        int left = WIDTH - RIGHT + 15;
        canvas.line(new Spot(left, legend), new Spot(left + 20, legend), colour, 2, false);
        canvas.text(new Spot(left + 26, legend + 4), Anchor.START, line.name(), false);
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

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }
}
