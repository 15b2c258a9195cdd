package io.prefstream.validate.bias;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.PreferencePair;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * What one accepted pair adds to the tallies.
 *
 * @param publishedAt event time, milliseconds since 1970
 * @param groups what it is counted in: {@link #ALL}, its language, licence and strategy
 * @param tally of this pair
 */
public record BiasSample(long publishedAt, List<String> groups, BiasTally tally) {

    /** The group of all pairs. */
    static final String ALL = "all";

    private static final TypeInformation<Score> SCORE = TypeInformation.of(Score.class);

    static final TypeInformation<BiasTally> TALLY_TYPE =
            Types.POJO(
                    BiasTally.class,
                    Map.of(
                            "pairs",
                            Types.LONG,
                            "moved",
                            Types.LONG,
                            "measures",
                            Types.MAP(Types.STRING, SCORE),
                            "generators",
                            Types.MAP(Types.STRING, SCORE)));

    static final TypeInformation<BiasSample> TYPE =
            Types.POJO(
                    BiasSample.class,
                    Map.of(
                            "publishedAt",
                            Types.LONG,
                            "groups",
                            Types.LIST(Types.STRING),
                            "tally",
                            TALLY_TYPE));

    static BiasSample of(PreferencePair pair) {
        CandidatePair candidate = pair.getCandidate();
        String licence =
                candidate.getLicence() == null ? "none" : candidate.getLicence().getSpdxId();
        return new BiasSample(
                pair.getPublishedAt().toEpochMilli(),
                List.of(
                        ALL,
                        "language:" + candidate.getLanguage(),
                        "licence:" + licence,
                        "strategy:" + candidate.getStrategy()),
                BiasTally.of(pair));
    }

    /** The part that one group gets. */
    public record OfGroup(String group, BiasTally tally) {

        static final TypeInformation<OfGroup> TYPE =
                Types.POJO(OfGroup.class, Map.of("group", Types.STRING, "tally", TALLY_TYPE));
    }
}
