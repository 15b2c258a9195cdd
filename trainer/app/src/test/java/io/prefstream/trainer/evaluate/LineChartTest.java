package io.prefstream.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.trainer.evaluate.LineChart.Line;
import io.prefstream.trainer.evaluate.LineChart.Point;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
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
