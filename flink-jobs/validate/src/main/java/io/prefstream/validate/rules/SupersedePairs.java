package io.prefstream.validate.rules;

import io.prefstream.schemas.PreferencePair;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.topics.flink.Tombstone;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Gives these rules the last word on every pair that they judge: what they keep is written, and
 * what they refuse is taken back if lower rules kept it. Keyed by pair id.
 *
 * <p>It hears what these rules decide and, in the log's order, what the log holds. A lower record
 * that lies behind its own word is answered with that word again. So the log ends with this word
 * for every pair, however long lower rules go on beside it, and compaction, which keeps the last
 * record of a key, keeps the right one. It tells "behind" from "before" by whether its own word has
 * come by on the log since it was written: a reader of committed records passes no transaction that
 * is open.
 *
 * <p>State: each pair as it was kept, some kilobytes on disk, as long as the job lives.
 */
public final class SupersedePairs
        extends KeyedProcessFunction<String, Statement, Either<PreferencePair, Tombstone>> {

    private static final long serialVersionUID = 1L;

    /**
     * What is known of a pair.
     *
     * @param kept the pair as these rules keep it, null if they don't or haven't judged it
     * @param refused whether they judged it and don't keep it
     * @param lower whether the last record of it on the log is of lower rules
     * @param underWay whether their word was written and hasn't come by on the log
     */
    public record Standing(
            @Nullable PreferencePair kept, boolean refused, boolean lower, boolean underWay) {

        static final TypeInformation<Standing> TYPE =
                Types.POJO(
                        Standing.class,
                        Map.of(
                                "kept", AvroType.forRecord(PreferencePair.class),
                                "refused", Types.BOOLEAN,
                                "lower", Types.BOOLEAN,
                                "underWay", Types.BOOLEAN));

        static final Standing UNKNOWN = new Standing(null, false, false, false);
    }

    private final int rulesVersion;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient ValueState<Standing> standing;

    public SupersedePairs(int rulesVersion) {
        this.rulesVersion = rulesVersion;
    }

    @Override
    public void open(OpenContext context) {
        standing =
                getRuntimeContext().getState(new ValueStateDescriptor<>("standing", Standing.TYPE));
    }

    @Override
    public void processElement(
            Statement said, Context context, Collector<Either<PreferencePair, Tombstone>> out)
            throws Exception {
        Standing known = standing.value();
        standing.update(after(said, known == null ? Standing.UNKNOWN : known, out));
    }

    private Standing after(
            Statement said, Standing known, Collector<Either<PreferencePair, Tombstone>> out) {
        PreferencePair kept = known.kept();
        return switch (said.kind()) {
            case KEPT -> {
                PreferencePair pair = said.pair();
                if (pair == null) {
                    throw new IllegalStateException("pair " + said.id() + " was kept without one");
                }
                out.collect(Either.Left(pair));
                yield new Standing(pair, false, known.lower(), true);
            }
            case TAKEN_BACK -> {
                out.collect(Either.Right(Tombstone.of(said.id())));
                yield new Standing(null, true, known.lower(), true);
            }
            case REFUSED -> {
                // A candidate that comes again and is refused then, for balance for one, stays.
                boolean refused = kept == null;
                boolean answer = refused && known.lower() && !known.underWay();
                if (answer) {
                    out.collect(Either.Right(new Tombstone(said.id(), rulesVersion)));
                }
                yield new Standing(kept, refused, known.lower(), known.underWay() || answer);
            }
            case LOGGED_BY_LOWER -> {
                boolean answer = !known.underWay() && (kept != null || known.refused());
                if (answer) {
                    out.collect(
                            kept != null
                                    ? Either.Left(kept)
                                    : Either.Right(new Tombstone(said.id(), rulesVersion)));
                }
                yield new Standing(kept, known.refused(), true, known.underWay() || answer);
            }
            case LOGGED -> new Standing(kept, known.refused(), false, false);
        };
    }
}
