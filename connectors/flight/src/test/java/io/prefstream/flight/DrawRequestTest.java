package io.prefstream.flight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrawRequestTest {

    @Test
    void aTableIsEnough() {
        assertThat(parse("{\"table\": \"pairs\"}"))
                .isEqualTo(new DrawRequest("pairs", 32, null, null, Duration.ofSeconds(60)));
    }

    @Test
    void everyFieldIsReadAndWrittenBack() {
        DrawRequest request =
                parse(
                        "{\"table\":\"a\",\"batchSize\":8,\"batches\":3,\"seed\":-1,"
                                + "\"timeoutSeconds\":0.25}");

        assertThat(request)
                .isEqualTo(new DrawRequest("a", 8, 3L, -1L, Duration.ofMillis(250)))
                .isEqualTo(DrawRequest.parse(request.ticket()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense|the ticket is no JSON",
                "''|the ticket must be a JSON object",
                "[1]|the ticket must be a JSON object",
                "{\"table\": \"a\"} x|the ticket is no JSON",
                "{}|table must name a table",
                "{\"table\": 7}|table must name a table",
                "{\"table\": \"a\", \"size\": 1}|size: no such field of a ticket; there are"
                        + " [batchSize, batches, seed, table, timeoutSeconds]",
                "{\"table\": \"a\", \"batchSize\": 0}|batchSize=0 must be a whole number from 1 to"
                        + " 8,192",
                "{\"table\": \"a\", \"batchSize\": 8193}|batchSize=8193 must be",
                "{\"table\": \"a\", \"batchSize\": 1.5}|batchSize=1.5 must be a whole number",
                "{\"table\": \"a\", \"batches\": 0}|batches=0 must be a whole number from 1",
                "{\"table\": \"a\", \"seed\": \"x\"}|seed=\"x\" must be a whole number",
                "{\"table\": \"a\", \"timeoutSeconds\": 0}|timeoutSeconds=0 must be above 0",
                "{\"table\": \"a\", \"timeoutSeconds\": 1e9}|timeoutSeconds=1.0E9 must be above 0"
                        + " and at most 86,400"
            })
    void whatIsWrongIsNamed(String ticket, String message) {
        assertThatThrownBy(() -> parse(ticket))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static DrawRequest parse(String ticket) {
        return DrawRequest.parse(ticket.getBytes(UTF_8));
    }
}
