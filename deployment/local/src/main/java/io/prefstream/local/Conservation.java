package io.prefstream.local;

import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import java.util.List;

/**
 * The equations of the flow, in = out + rejected + dead-lettered, one for each unit of each stage.
 *
 * <p>Where a unit is a record of a topic, the numbers are what a reader of the topics finds ({@link
 * TopicCensus}), unreadable records included, and the stage's own count ({@link LedgerBook}) of
 * what it read must agree with them. Files, functions and attempts come into being inside a stage:
 * how many went in is the stage's own count.
 */
public final class Conservation {

    /**
     * One equation with its numbers.
     *
     * @param in what went in
     * @param taken what the stage says it read; together with the dead letters that is {@code in}
     */
    public record Equation(
            String stage,
            String unit,
            long in,
            long taken,
            long out,
            long rejected,
            long deadLettered) {

        /** Whether it holds. */
        public boolean balanced() {
            return in == out + rejected + deadLettered && in == taken + deadLettered;
        }

        /** The numbers in one line. */
        public String inWords() {
            return "%s %s: %,d in (%,d read), %,d out, %,d rejected, %,d dead-lettered"
                    .formatted(stage, unit, in, taken, out, rejected, deadLettered);
        }
    }

    private Conservation() {}

    /** All equations at one moment. They must hold only while nothing is under way. */
    public static List<Equation> equations(LedgerBook ledger, TopicCounts counts) {
        return List.of(
                onTopic("ingest", "event", Topics.REPO_EVENTS, ledger, counts)
                        .out(ledger.out("ingest", "event")),
                inside("ingest", "file", ledger, counts).out(ledger.out("ingest", "file")),
                inside("ingest", "snippet", ledger, counts).out(counts.snippets()),
                onTopic("synthesize", "snippet", Topics.CODE_SNIPPETS, ledger, counts)
                        .out(ledger.out("synthesize", "snippet")),
                inside("synthesize", "attempt", ledger, counts).out(counts.candidates()),
                onTopic("validate", "candidate", Topics.CANDIDATE_PAIRS, ledger, counts)
                        .out(counts.pairs()));
    }

    private static Partial onTopic(
            String stage, String unit, Topic<?> topic, LedgerBook ledger, TopicCounts counts) {
        return new Partial(
                stage,
                unit,
                counts.on(topic),
                ledger.in(stage, unit),
                counts.rejected(stage, unit),
                counts.deadLettered(stage, topic));
    }

    private static Partial inside(
            String stage, String unit, LedgerBook ledger, TopicCounts counts) {
        long in = ledger.in(stage, unit);
        return new Partial(stage, unit, in, in, counts.rejected(stage, unit), 0);
    }

    /** An equation that lacks its right side's first term. */
    private record Partial(
            String stage, String unit, long in, long taken, long rejected, long deadLettered) {
        Equation out(long out) {
            return new Equation(stage, unit, in, taken, out, rejected, deadLettered);
        }
    }
}
