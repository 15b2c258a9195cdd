package io.prefstream.validate.rules;

import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.topics.flink.Tombstone;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.types.Either;
import org.jspecify.annotations.Nullable;

/**
 * What somebody said of a pair.
 *
 * @param pair the pair as these rules keep it, null for any other kind
 */
public record Statement(String id, Kind kind, @Nullable PreferencePair pair) {

    /** Who said what. */
    public enum Kind {
        /** These rules keep the pair. */
        KEPT,
        /** These rules refuse it. */
        REFUSED,
        /**
         * These rules kept it, and it is taken back for another reason: an opt-out, a benchmark.
         */
        TAKEN_BACK,
        /** The log holds the pair as lower rules keep it. */
        LOGGED_BY_LOWER,
        /**
         * The log holds something else of it: a pair by these rules or higher ones, a tombstone.
         */
        LOGGED
    }

    public static final TypeInformation<Statement> TYPE =
            Types.POJO(
                    Statement.class,
                    Map.of(
                            "id",
                            Types.STRING,
                            "kind",
                            Types.ENUM(Kind.class),
                            "pair",
                            AvroType.forRecord(PreferencePair.class)));

    /** What a change of the accepted pairs says. */
    public static Statement of(Either<PreferencePair, Tombstone> change) {
        return change.isLeft()
                ? new Statement(change.left().getId(), Kind.KEPT, change.left())
                : new Statement(change.right().key(), Kind.TAKEN_BACK, null);
    }

    /** What a candidate's rejection says. */
    public static Statement of(Rejection rejection) {
        return new Statement(rejection.getInputId(), Kind.REFUSED, null);
    }
}
