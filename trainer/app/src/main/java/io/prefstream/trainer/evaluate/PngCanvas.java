package io.prefstream.trainer.evaluate;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;

/** A PNG of two pixels to the unit, drawn by the JDK; needs no screen, but fonts for the texts. */
final class PngCanvas implements ChartCanvas, AutoCloseable {

    private static final int SCALE = 2;

    private final BufferedImage image;
    private final Graphics2D graphics;

    PngCanvas(int width, int height) {
        System.setProperty("java.awt.headless", "true");
        image = new BufferedImage(SCALE * width, SCALE * height, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.scale(SCALE, SCALE);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    }

    /** The file's bytes. */
    byte[] bytes() throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }

    @Override
    public void line(Spot from, Spot to, String colour, double width, boolean dashed) {
        graphics.setColor(Color.decode(colour));
        float[] dashes = {4, 4};
        graphics.setStroke(
                dashed
                        ? new BasicStroke(
                                (float) width,
                                BasicStroke.CAP_BUTT,
                                BasicStroke.JOIN_MITER,
                                10,
                                dashes,
                                0)
                        : new BasicStroke((float) width));
        graphics.draw(new Line2D.Double(from.x(), from.y(), to.x(), to.y()));
    }

    @Override
    public void area(List<Spot> corners, String colour) {
        Color full = Color.decode(colour);
        graphics.setColor(new Color(full.getRed(), full.getGreen(), full.getBlue(), 38));
        graphics.fill(joined(corners));
    }

    @Override
    public void path(List<Spot> spots, String colour) {
        graphics.setColor(Color.decode(colour));
        graphics.setStroke(new BasicStroke(2));
        graphics.draw(joined(spots));
    }

    @Override
    public void dot(Spot at, String colour) {
        graphics.setColor(Color.decode(colour));
        graphics.fill(new Ellipse2D.Double(at.x() - 3, at.y() - 3, 6, 6));
    }

    @Override
    public void text(Spot at, Anchor anchor, String text, boolean upwards) {
        double width = graphics.getFontMetrics().getStringBounds(text, graphics).getWidth();
        double left =
                switch (anchor) {
                    case START -> 0;
                    case MIDDLE -> -width / 2;
                    case END -> -width;
                };
        AffineTransform before = graphics.getTransform();
        graphics.translate(at.x(), at.y());
        if (upwards) {
            graphics.rotate(-Math.PI / 2);
        }
        graphics.setColor(Color.BLACK);
        graphics.drawString(text, (float) left, 0);
        graphics.setTransform(before);
    }

    @Override
    public void close() {
        graphics.dispose();
    }

    private static Path2D joined(List<Spot> spots) {
        Path2D path = new Path2D.Double();
        for (int i = 0; i < spots.size(); i++) {
            Spot spot = spots.get(i);
            if (i == 0) {
                path.moveTo(spot.x(), spot.y());
            } else {
                path.lineTo(spot.x(), spot.y());
            }
        }
        return path;
    }
}
