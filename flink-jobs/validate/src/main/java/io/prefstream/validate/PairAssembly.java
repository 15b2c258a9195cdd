package io.prefstream.validate;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Verdict;
import io.prefstream.validate.margin.MarginOutcome;
import io.prefstream.validate.margin.MarginScorer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds the preference pair of an admitted candidate: everything in it is a function of the
 * candidate, the outcomes and the settings, so that a replay gives the same record.
 *
 * @param producer name and version of what produces the pairs
 * @param rulesVersion version of the rules that they are judged by
 */
public record PairAssembly(
        String producer, int rulesVersion, HoldoutSplit split, LabelConfidence confidence)
        implements Serializable {

    /** The pair as the checks leave it, without a margin. */
    public PreferencePair draft(CandidatePair candidate, List<CheckOutcome> outcomes) {
        return PreferencePair.newBuilder()
                .setId(candidate.getId())
                .setCandidate(candidate)
                .setChecks(outcomes)
                .setConfidence(confidence.of(candidate, outcomes, null))
                .setSplit(split.of(candidate))
                .setAspects(Aspects.of(candidate))
                .setPublishedAt(candidate.getPublishedAt())
                .setProducer(producer)
                .setRulesVersion(rulesVersion)
                .build();
    }

    /** The draft with what tests or judges said, or why they said nothing; not yet a margin. */
    public PreferencePair with(PreferencePair draft, List<CheckOutcome> found) {
        return told(draft, found, null).build();
    }

    /** The draft with what the preference model said, or why it said nothing. */
    public PreferencePair withMargin(PreferencePair draft, MarginOutcome outcome) {
        MarginScorer.Margin margin = outcome.scored();
        return told(
                        draft,
                        List.of(outcome.asCheck()),
                        margin == null ? null : margin.value() * margin.scale())
                .setMargin(margin == null ? null : margin.value())
                .setMarginModel(margin == null ? null : margin.checkpointId())
                .build();
    }

    /** The pair with further checks that say nothing of its label. */
    static PreferencePair noted(PreferencePair pair, List<CheckOutcome> found) {
        return PreferencePair.newBuilder(pair).setChecks(more(pair, found)).build();
    }

    /** The outcome of a check that holds and has no number behind it. */
    static CheckOutcome passed(String check) {
        return CheckOutcome.newBuilder().setCheck(check).setVerdict(Verdict.PASS).build();
    }

    private static List<CheckOutcome> more(PreferencePair pair, List<CheckOutcome> found) {
        List<CheckOutcome> outcomes = new ArrayList<>(pair.getChecks());
        outcomes.addAll(found);
        return outcomes;
    }

    private PreferencePair.Builder told(
            PreferencePair draft, List<CheckOutcome> found, @Nullable Double logOdds) {
        List<CheckOutcome> outcomes = more(draft, found);
        return PreferencePair.newBuilder(draft)
                .setChecks(outcomes)
                .setConfidence(confidence.of(draft.getCandidate(), outcomes, logOdds));
    }
}
