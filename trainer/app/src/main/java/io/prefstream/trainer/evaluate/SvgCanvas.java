package io.prefstream.trainer.evaluate;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** SVG 1.1 of plain elements, so that every browser and Markdown viewer shows it. */
final class SvgCanvas implements ChartCanvas {

    private final StringBuilder svg = new StringBuilder();

    SvgCanvas(int width, int height) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"13\">",
                width, height);
        add("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
    }

    /** The document. */
    String document() {
        return svg + "</svg>\n";
    }

    @Override
    public void line(Spot from, Spot to, String colour, double width, boolean dashed) {
        add(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\""
                        + " stroke-width=\"%.0f\"%s/>",
                from.x(),
                from.y(),
                to.x(),
                to.y(),
                colour,
                width,
                dashed ? " stroke-dasharray=\"4 4\"" : "");
    }

    @Override
    public void area(List<Spot> corners, String colour) {
        add("<polygon points=\"%s\" fill=\"%s\" fill-opacity=\"0.15\"/>", points(corners), colour);
    }

    @Override
    public void path(List<Spot> spots, String colour) {
        add(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
                points(spots), colour);
    }

    @Override
    public void dot(Spot at, String colour) {
        add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", at.x(), at.y(), colour);
    }

    @Override
    public void text(Spot at, Anchor anchor, String text, boolean upwards) {
        add(
                "<text transform=\"translate(%.1f %.1f)%s\" text-anchor=\"%s\">%s</text>",
                at.x(),
                at.y(),
                upwards ? " rotate(-90)" : "",
                anchor.name().toLowerCase(Locale.ROOT),
                text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String points(List<Spot> spots) {
        return spots.stream()
                .map(spot -> String.format(Locale.ROOT, "%.1f,%.1f", spot.x(), spot.y()))
                .collect(Collectors.joining(" "));
    }
}
