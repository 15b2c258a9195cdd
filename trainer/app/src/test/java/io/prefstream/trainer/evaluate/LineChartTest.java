package io.prefstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.trainer.evaluate.LineChart.Line;
import io.prefstream.trainer.evaluate.LineChart.Point;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class LineChartTest {

    @Test
    void equalFactorsAreEqualDistancesAndNamesAreEscaped() throws Exception {
        LineChart chart =
                new LineChart(
                        "a < b & c",
                        "pairs",
                        "accuracy",
                        true,
                        false,
                        List.of(
                                new Line(
                                        "m",
                                        List.of(
                                                new Point(10, 0, 0, 0),
                                                new Point(100, 0.5, 0.4, 0.6),
                                                new Point(1000, 1, 1, 1)))));
        Document svg =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(
                                new ByteArrayInputStream(
                                        chart.svg().getBytes(StandardCharsets.UTF_8)));
        assertThat(svg.getElementsByTagName("text").item(0).getTextContent())
                .isEqualTo("a < b & c");
        String[] points =
                ((Element) svg.getElementsByTagName("polyline").item(0))
                        .getAttribute("points")
                        .split("[ ,]");
        // The area is 70 to 540 wide and 380 down to 40 high.
        assertThat(points).containsExactly("70.0", "380.0", "305.0", "210.0", "540.0", "40.0");
    }

    @Test
    void thePngHasTheSamePointsInTheSamePlaces(@TempDir Path folder) throws Exception {
        LineChart chart =
                new LineChart(
                        "title",
                        "pairs",
                        "accuracy",
                        true,
                        false,
                        List.of(
                                new Line(
                                        "m",
                                        List.of(
                                                new Point(10, 0, 0, 0),
                                                new Point(100, 0.5, 0.4, 0.6),
                                                new Point(1000, 1, 1, 1)))));
        chart.write(folder, "chart");
        assertThat(folder.resolve("chart.svg")).content().isEqualTo(chart.svg());
        BufferedImage image = ImageIO.read(folder.resolve("chart.png").toFile());
        assertThat(image.getWidth()).isEqualTo(1440);
        assertThat(image.getHeight()).isEqualTo(880);
        // Two pixels to the unit: the dots are at 70, 380; 305, 210; 540, 40, the line between
        // them.
        for (int[] at : new int[][] {{140, 760}, {610, 420}, {1080, 80}, {376, 590}}) {
            assertThat(image.getRGB(at[0], at[1]) & 0xFFFFFF).isEqualTo(0x0072B2);
        }
        assertThat(image.getRGB(2, 2) & 0xFFFFFF).isEqualTo(0xFFFFFF);
    }

    @Test
    void aLogarithmOfNothingIsRefused() {
        assertThatThrownBy(
                        () ->
                                new LineChart(
                                        "t",
                                        "x",
                                        "y",
                                        true,
                                        false,
                                        List.of(new Line("m", List.of(new Point(0, 0, 0, 0))))))
                .hasMessageContaining("x=0.0 of m must be above 0");
    }
}
