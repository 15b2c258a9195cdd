package io.prefstream.validate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was said of a pair's label, and what compiler or tests found: one line of JSON.
 *
 * @param repository what the pair is held out with
 * @param tested whether tests of both sides, not those that decided, told them apart
 * @param votes of judges: 1 for chosen, 0 for neither, -1 for rejected
 * @param margin reward of chosen minus reward of rejected; null where there is none
 * @param marginScale what it is to be multiplied with by its release; null for 1
 * @param confirmed whether chosen is the better side
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LabelOutcome(
        String repository,
        String strategy,
        boolean tested,
        @Nullable List<Integer> votes,
        @Nullable Double margin,
        @Nullable Double marginScale,
        boolean confirmed) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The outcomes of a file, one a line. */
    static List<LabelOutcome> read(Path file) throws IOException {
        ObjectReader reader = JSON.readerFor(LabelOutcome.class);
        List<LabelOutcome> outcomes = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank()) {
                outcomes.add(reader.readValue(line));
            }
        }
        return outcomes;
    }

    /** As a line. */
    public String toJson() throws IOException {
        return JSON.writeValueAsString(this);
    }

    /** From -1, all for rejected, to 1, all for chosen; 0 without votes. */
    double agreement() {
        return votes == null ? 0 : votes.stream().mapToInt(vote -> vote).average().orElse(0);
    }

    /** The margin as log-odds, within what counts; 0 where there is none. */
    double logOdds() {
        double scaled = margin == null ? 0 : margin * (marginScale == null ? 1 : marginScale);
        return Math.max(-LabelConfidence.MAX_MARGIN, Math.min(LabelConfidence.MAX_MARGIN, scaled));
    }

    /** What a confidence says of it. */
    double confidence(LabelConfidence confidence) {
        double prior =
                tested
                        ? confidence.testedPrior()
                        : confidence.priors().getOrDefault(strategy, confidence.otherPrior());
        double evidence =
                LabelConfidence.logit(confidence.judgeAccuracy()) * agreement()
                        + confidence.marginWeight() * logOdds();
        return 1 / (1 + Math.exp(-LabelConfidence.logit(prior) - evidence));
    }
}
