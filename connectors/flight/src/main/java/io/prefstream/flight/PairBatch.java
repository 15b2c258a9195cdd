package io.prefstream.flight;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.PromptText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Drawn pairs as a record batch. No column is ever null.
 *
 * <p>The prompt ends with a newline, so that prompt + chosen is what this project's own models
 * read.
 */
final class PairBatch implements AutoCloseable {

    private static final ArrowType TEXT = ArrowType.Utf8.INSTANCE;
    private static final ArrowType REAL =
            new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
    private static final ArrowType WHOLE = new ArrowType.Int(64, true);

    /** The columns of every table. */
    static final Schema SCHEMA =
            new Schema(
                    List.of(
                            column("pair_id", TEXT),
                            column("prompt", TEXT),
                            column("chosen", TEXT),
                            column("rejected", TEXT),
                            column("weight", REAL),
                            column("probability", REAL),
                            column("times_sampled", WHOLE),
                            column("table_size", WHOLE),
                            column("part", TEXT),
                            column("age_seconds", REAL),
                            column("rate_limited", ArrowType.Bool.INSTANCE),
                            column("confidence", REAL),
                            column("language", TEXT),
                            column("strategy", TEXT),
                            column("repository", TEXT)));

    private final VectorSchemaRoot root;

    PairBatch(BufferAllocator allocator) {
        this.root = VectorSchemaRoot.create(SCHEMA, allocator);
    }

    /** The vectors, whose content {@link #fill} replaces. */
    VectorSchemaRoot root() {
        return root;
    }

    /** Makes these pairs the batch. */
    void fill(List<DrawnPair> drawn) {
        for (FieldVector vector : root.getFieldVectors()) {
            vector.reset();
        }
        for (int i = 0; i < drawn.size(); i++) {
            DrawnPair one = drawn.get(i);
            CandidatePair candidate = one.pair().getCandidate();
            text("pair_id", i, one.pair().getId());
            text("prompt", i, PromptText.closed(candidate.getInstruction()));
            text("chosen", i, candidate.getChosen().getText());
            text("rejected", i, candidate.getRejected().getText());
            real("weight", i, one.weight());
            real("probability", i, one.probability());
            whole("times_sampled", i, one.timesSampled());
            whole("table_size", i, one.partSize());
            text("part", i, one.part());
            real("age_seconds", i, one.age().toMillis() / 1e3);
            ((BitVector) root.getVector("rate_limited")).setSafe(i, one.rateLimited() ? 1 : 0);
            real("confidence", i, one.pair().getConfidence());
            text("language", i, candidate.getLanguage());
            text("strategy", i, candidate.getStrategy());
            text("repository", i, candidate.getRepository());
        }
        root.setRowCount(drawn.size());
    }

    @Override
    public void close() {
        root.close();
    }

    private void text(String column, int row, String value) {
        ((VarCharVector) root.getVector(column))
                .setSafe(row, value.getBytes(StandardCharsets.UTF_8));
    }

    private void real(String column, int row, double value) {
        ((Float8Vector) root.getVector(column)).setSafe(row, value);
    }

    private void whole(String column, int row, long value) {
        ((BigIntVector) root.getVector(column)).setSafe(row, value);
    }

    private static Field column(String name, ArrowType type) {
        return new Field(name, FieldType.notNullable(type), null);
    }
}
