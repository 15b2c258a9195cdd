package io.prefstream.trainer.evaluate;

import java.util.List;

/**
 * What a chart is drawn on. Lengths are in the chart's own units; y goes down; colours as #rrggbb.
 */
interface ChartCanvas {

    /** Which point of a text is where it is put. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /** A place. */
    record Spot(double x, double y) {}

    void line(Spot from, Spot to, String colour, double width, boolean dashed);

    /** A closed area that lets what is behind it through. */
    void area(List<Spot> corners, String colour);

    void path(List<Spot> spots, String colour);

    void dot(Spot at, String colour);

    /**
     * A text.
     *
     * @param upwards whether it is written from below to above
     */
    void text(Spot at, Anchor anchor, String text, boolean upwards);
}
