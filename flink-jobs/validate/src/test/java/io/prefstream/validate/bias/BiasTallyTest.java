package io.prefstream.validate.bias;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Verdict;
import io.prefstream.validate.Candidates;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class BiasTallyTest {

    private static final BiasTally OF_VERSION_1 =
            new BiasTally(
                    9,
                    2,
                    Map.of("length", new Score(5, 3, 1), "lines", new Score(0, 0, 9)),
                    Map.of("a vs b", new Score(4, 5, 0)));

    @Test
    void theBetterOfBothRulesCountsAndEqualSidesAreRightHalfTheTime() {
        // 5 of 10 with the greater side chosen, 2 with the smaller, 3 equal: 5 + 1.5 of 10
        assertThat(new Score(5, 2, 3).accuracy()).isEqualTo(new Accuracy(6.5, 10));
        assertThat(new Score(2, 5, 3).accuracy()).isEqualTo(new Accuracy(6.5, 10));
        assertThat(new Score(0, 0, 4).accuracy().share()).isEqualTo(0.5);
    }

    @Test
    void theLowerBoundIsWilsons() {
        // z² = 3.841459. Of n right of n, what remains of the formula is n / (n + z²).
        assertThat(new Accuracy(10, 10).lowerBound()).isCloseTo(10 / 13.841459, within(1e-6));
        // 70 of 100: (0.7 + 0.019207 - 1.959964 · √(0.0021 + 0.000096)) / 1.038415
        assertThat(new Accuracy(70, 100).lowerBound()).isCloseTo(0.604152, within(1e-6));
        // 80 %, once of 60 pairs and once of ten times as many
        assertThat(new Accuracy(48, 60).lowerBound()).isCloseTo(0.682182, within(1e-6));
        assertThat(new Accuracy(480, 600).lowerBound()).isBetween(0.76, 0.77);
        assertThat(new Accuracy(0, 0).lowerBound()).isZero();
    }

    @Test
    void ofEachTwoGeneratorsTheOneChosenMoreOftenWins() {
        BiasTally tally =
                tally(
                        Pairs.generated("a", "b"),
                        Pairs.generated("a", "b"),
                        Pairs.generated("a", "b"),
                        Pairs.generated("b", "a"),
                        Pairs.generated("c", "a"),
                        Pairs.generated("c", "a"),
                        Pairs.generated("a", "a"),
                        Pairs.generated("a", "a"));

        assertThat(tally.generators())
                .containsOnly(
                        Map.entry("a vs b", new Score(1, 3, 0)),
                        Map.entry("a vs c", new Score(2, 0, 0)),
                        Map.entry("a vs a", new Score(0, 0, 2)));
        // 3 + 2, and half of the two whose generators are the same
        assertThat(tally.accuracies().get(BiasTally.GENERATOR)).isEqualTo(new Accuracy(6, 8));
    }

    @Test
    void measuresEverythingOfAPair() {
        PreferencePair pair =
                Pairs.accepted(
                        Candidates.java("int a; // the first\nint b;\n", "int c; int d; int e;"),
                        Pairs.NOON);

        assertThat(BiasTally.of(pair).measures())
                .containsEntry("length", new Score(1, 0, 0))
                .containsEntry("lines", new Score(1, 0, 0))
                .containsEntry("comment-share", new Score(1, 0, 0))
                .containsOnlyKeys("length", "lines", "comment-share", "compression");
    }

    @Test
    void whatABalanceCheckMeasuredIsTakenFromIt() {
        CheckOutcome measured =
                CheckOutcome.newBuilder()
                        .setCheck("length-balance")
                        .setVerdict(Verdict.PASS)
                        .setValue(-3.0)
                        .build();
        PreferencePair pair =
                PreferencePair.newBuilder(Pairs.chosenLonger(Pairs.NOON, "java"))
                        .setChecks(List.of(measured))
                        .build();

        assertThat(BiasTally.of(pair).measures()).containsEntry("length", new Score(0, 1, 0));
    }

    @Test
    void talliesOfPartsAddUpToTheTallyOfTheWhole() {
        PreferencePair one = Pairs.chosenLonger(Pairs.NOON, "java");
        PreferencePair two = Pairs.rejectedLonger(Pairs.NOON, "java");
        PreferencePair three = Pairs.generated("x", "y");

        assertThat(tally(one, two).plus(tally(three).elsewhere()))
                .isEqualTo(tally(three).elsewhere().plus(tally(two)).plus(tally(one)))
                .satisfies(
                        sum -> {
                            assertThat(sum.pairs()).isEqualTo(3);
                            assertThat(sum.moved()).isEqualTo(1);
                            assertThat(sum.measures()).containsEntry("length", new Score(1, 1, 1));
                        });
    }

    /**
     * State that version 1 wrote is read for ever. To record the next version: {@code
     * -Dprefstream.record-version=true}, under a new name.
     */
    @Test
    void theBytesOfVersion1AreRead() throws IOException {
        TypeSerializer<BiasTally> today =
                BiasSample.TALLY_TYPE.createSerializer(new SerializerConfigImpl());
        if (Boolean.getBoolean("prefstream.record-version")) {
            DataOutputSerializer out = new DataOutputSerializer(1024);
            TypeSerializerSnapshot.writeVersionedSnapshot(out, today.snapshotConfiguration());
            today.serialize(OF_VERSION_1, out);
            Files.write(
                    Path.of("src/test/resources/io/prefstream/validate/bias/tally-1.bin"),
                    out.getCopyOfBuffer());
        }
        DataInputDeserializer in;
        try (InputStream file = BiasTallyTest.class.getResourceAsStream("tally-1.bin")) {
            in = new DataInputDeserializer(file.readAllBytes());
        }

        TypeSerializerSnapshot<BiasTally> written =
                TypeSerializerSnapshot.readVersionedSnapshot(in, getClass().getClassLoader());

        assertThat(today.snapshotConfiguration().resolveSchemaCompatibility(written))
                .matches(found -> found.isCompatibleAsIs() || found.isCompatibleAfterMigration());
        assertThat(written.restoreSerializer().deserialize(in)).isEqualTo(OF_VERSION_1);
    }

    private static BiasTally tally(PreferencePair... pairs) {
        return List.of(pairs).stream().map(BiasTally::of).reduce(BiasTally.NONE, BiasTally::plus);
    }
}
