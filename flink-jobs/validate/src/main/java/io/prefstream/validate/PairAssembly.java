package io.prefstream.validate;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.validate.execution.ExecutionRule;
import io.prefstream.validate.margin.MarginOutcome;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

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
                .setConfidence(confidence.of(candidate.getStrategy(), false, null))
                .setSplit(split.of(candidate))
                .setAspects(Aspects.of(candidate))
                .setPublishedAt(candidate.getPublishedAt())
                .setProducer(producer)
                .setRulesVersion(rulesVersion)
                .build();
    }

    /** The draft with what the tests said, or why they said nothing; not yet with a margin. */
    public PreferencePair withExecution(PreferencePair draft, List<CheckOutcome> found) {
        List<CheckOutcome> outcomes = new ArrayList<>(draft.getChecks());
        outcomes.addAll(found);
        return PreferencePair.newBuilder(draft)
                .setChecks(outcomes)
                .setConfidence(
                        confidence.of(
                                draft.getCandidate().getStrategy(),
                                ExecutionRule.confirmed(outcomes),
                                null))
                .build();
    }

    /** The draft with what the preference model said, or why it said nothing. */
    public PreferencePair withMargin(PreferencePair draft, MarginOutcome outcome) {
        List<CheckOutcome> outcomes = new ArrayList<>(draft.getChecks());
        outcomes.add(outcome.asCheck());
        return PreferencePair.newBuilder(draft)
                .setChecks(outcomes)
                .setConfidence(
                        confidence.of(
                                draft.getCandidate().getStrategy(),
                                ExecutionRule.confirmed(outcomes),
                                outcome.margin()))
                .setMargin(outcome.margin())
                .setMarginModel(outcome.checkpointId())
                .build();
    }
}
