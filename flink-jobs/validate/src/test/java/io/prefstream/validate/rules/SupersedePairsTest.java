package io.prefstream.validate.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Split;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.topics.flink.Tombstone;
import io.prefstream.validate.Candidates;
import io.prefstream.validate.rules.Statement.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.types.Either;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SupersedePairsTest {

    private static final CandidatePair CANDIDATE = Candidates.good();
    private static final String ID = CANDIDATE.getId();
    private static final Either<PreferencePair, Tombstone> OLD = Either.Left(pair(1));
    private static final Either<PreferencePair, Tombstone> KEPT = Either.Left(pair(2));
    private static final Either<PreferencePair, Tombstone> REFUSED =
            Either.Right(new Tombstone(ID, 2));

    @Test
    void aPairThatIsRefusedAndThatNobodyKeptNeedsNoTombstone() throws Exception {
        try (Rules rules = new Rules()) {
            rules.hear(Kind.REFUSED);
            assertThat(rules.log).isEmpty();
        }
    }

    @Test
    void whatTheSameRulesWroteIsNotAnswered() throws Exception {
        try (Rules rules = new Rules()) {
            rules.hear(Kind.KEPT);
            rules.readOn();
            assertThat(rules.log).containsExactly(KEPT);
        }
    }

    @Test
    void anOptOutTakesThePairBackWhateverItsRules() throws Exception {
        try (Rules rules = new Rules()) {
            rules.hear(Kind.KEPT);
            rules.readOn();
            rules.hear(Kind.TAKEN_BACK);
            assertThat(rules.log).containsExactly(KEPT, Either.Right(Tombstone.of(ID)));

            rules.readOn();
            rules.log.add(OLD);
            rules.readOn();
            assertThat(rules.log).endsWith(OLD, REFUSED);
        }
    }

    @Test
    void aKeptPairThatComesAgainAndIsRefusedThenStays() throws Exception {
        try (Rules rules = new Rules()) {
            rules.log.add(OLD);
            rules.hear(Kind.KEPT);
            rules.readOn();
            rules.hear(Kind.REFUSED);
            rules.readOn();
            assertThat(rules.log).containsExactly(OLD, KEPT);
        }
    }

    /**
     * Every order of: the old rules write three times, the new ones judge once, the log is read in
     * up to nine steps.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void inEveryOrderTheLogEndsWithTheNewRulesWord(boolean kept) throws Exception {
        Either<PreferencePair, Tombstone> word = kept ? KEPT : REFUSED;
        int orders = 0;
        for (List<Character> order : orders("OOOJ", 5)) {
            try (Rules rules = new Rules()) {
                for (char step : order) {
                    switch (step) {
                        case 'O' -> rules.log.add(OLD);
                        case 'J' -> rules.hear(kept ? Kind.KEPT : Kind.REFUSED);
                        default -> rules.readOne();
                    }
                }
                rules.readOn();
                assertThat(rules.log).as("order %s", order).last().isEqualTo(word);
                // No word without an old record between it and the one before.
                assertThat(IntStream.range(1, rules.log.size()))
                        .as("order %s: %s", order, rules.log)
                        .noneMatch(
                                i ->
                                        rules.log.get(i).equals(word)
                                                && rules.log.get(i - 1).equals(word));
            }
            orders++;
        }
        // 9! / (3! 1! 5!)
        assertThat(orders).isEqualTo(504);
    }

    /** All arrangements of the letters and a number of reading steps. */
    private static List<List<Character>> orders(String letters, int reads) {
        List<List<Character>> all = new ArrayList<>();
        arrange(
                new ArrayList<>(),
                (int) letters.chars().filter(c -> c == 'O').count(),
                (int) letters.chars().filter(c -> c == 'J').count(),
                reads,
                all);
        return all;
    }

    private static void arrange(
            List<Character> sofar, int olds, int judgements, int reads, List<List<Character>> all) {
        if (olds + judgements + reads == 0) {
            all.add(List.copyOf(sofar));
            return;
        }
        for (char step : new char[] {'O', 'J', 'R'}) {
            int left = step == 'O' ? olds : step == 'J' ? judgements : reads;
            if (left > 0) {
                sofar.add(step);
                arrange(
                        sofar,
                        olds - (step == 'O' ? 1 : 0),
                        judgements - (step == 'J' ? 1 : 0),
                        reads - (step == 'R' ? 1 : 0),
                        all);
                sofar.remove(sofar.size() - 1);
            }
        }
    }

    private static PreferencePair pair(int rulesVersion) {
        return PreferencePair.newBuilder()
                .setId(ID)
                .setCandidate(CANDIDATE)
                .setChecks(List.of())
                .setConfidence(0.5)
                .setSplit(Split.TRAIN)
                .setPublishedAt(Candidates.FIRST_OF_MAY)
                .setProducer("test/1")
                .setRulesVersion(rulesVersion)
                .build();
    }

    /** The operator, and the log that it writes to and hears. */
    private static final class Rules
            extends KeyedOneInputStreamOperatorTestHarness<
                    String, Statement, Either<PreferencePair, Tombstone>> {

        final List<Either<PreferencePair, Tombstone>> log = new ArrayList<>();
        private int read;
        private int written;

        Rules() throws Exception {
            super(new KeyedProcessOperator<>(new SupersedePairs(2)), Statement::id, Types.STRING);
            setup(
                    new EitherTypeInfo<>(AvroType.forRecord(PreferencePair.class), Tombstone.TYPE)
                            .createSerializer(new SerializerConfigImpl()));
            open();
        }

        void hear(Kind kind) throws Exception {
            processElement(new Statement(ID, kind, kind == Kind.KEPT ? KEPT.left() : null), 0L);
            List<Either<PreferencePair, Tombstone>> out = extractOutputValues();
            log.addAll(out.subList(written, out.size()));
            written = out.size();
        }

        void readOne() throws Exception {
            if (read < log.size()) {
                Either<PreferencePair, Tombstone> record = log.get(read++);
                hear(record.equals(OLD) ? Kind.LOGGED_BY_LOWER : Kind.LOGGED);
            }
        }

        void readOn() throws Exception {
            while (read < log.size()) {
                readOne();
            }
        }
    }
}
