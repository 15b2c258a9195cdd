package io.prefstream.flight;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * What a trainer reports of pairs that it drew, as a record batch: {@code pair_id} (utf8) and one
 * of {@code margin}, {@code loss} or {@code priority} (float32 or float64). A margin r⁺ − r⁻
 * becomes its loss, −log σ(margin); a loss is a priority. Where an id is there twice the later row
 * counts.
 */
final class PriorityReport {

    private static final String ID = "pair_id";
    private static final List<String> MEASURES = List.of("margin", "loss", "priority");

    private PriorityReport() {}

    /**
     * The priorities of a batch, by the pair's id.
     *
     * @throws IllegalArgumentException with one line that names column, row, value and what is
     *     expected
     */
    static Map<String, Double> read(VectorSchemaRoot batch) {
        if (batch.getRowCount() > ReplaySource.LARGEST_DRAW) {
            throw new IllegalArgumentException(
                    "a record batch of %,d rows: must be %,d at most"
                            .formatted(batch.getRowCount(), ReplaySource.LARGEST_DRAW));
        }
        List<String> columns =
                batch.getSchema().getFields().stream().map(Field::getName).sorted().toList();
        String measure = MEASURES.stream().filter(columns::contains).findFirst().orElse("");
        if (columns.size() != 2
                || !(batch.getVector(ID) instanceof VarCharVector ids)
                || measure.isEmpty()) {
            throw new IllegalArgumentException(
                    "columns %s: expected %s (utf8) and one of %s (float32 or float64)"
                            .formatted(columns, ID, MEASURES));
        }
        FieldVector values = batch.getVector(measure);
        if (!(values instanceof Float4Vector) && !(values instanceof Float8Vector)) {
            throw new IllegalArgumentException(
                    "%s is %s: expected float32 or float64"
                            .formatted(measure, values.getField().getType()));
        }
        Map<String, Double> priorities = new LinkedHashMap<>();
        for (int row = 0; row < batch.getRowCount(); row++) {
            if (ids.isNull(row)) {
                throw new IllegalArgumentException("%s of row %,d is null".formatted(ID, row));
            }
            priorities.put(
                    new String(ids.get(row), StandardCharsets.UTF_8),
                    priority(measure, row, (BaseFixedWidthVector) values));
        }
        return priorities;
    }

    private static double priority(String measure, int row, BaseFixedWidthVector values) {
        double value =
                values.isNull(row)
                        ? Double.NaN
                        : values instanceof Float4Vector floats
                                ? floats.get(row)
                                : ((Float8Vector) values).get(row);
        boolean margin = measure.equals("margin");
        if (!Double.isFinite(value) || (value < 0 && !margin)) {
            throw new IllegalArgumentException(
                    "%s of row %,d is %s: must be %s"
                            .formatted(
                                    measure,
                                    row,
                                    values.isNull(row) ? "null" : value,
                                    margin ? "a finite number" : "at least 0 and finite"));
        }
        return margin
                ? Math.max(0, -value) + StrictMath.log1p(StrictMath.exp(-Math.abs(value)))
                : value;
    }
}
