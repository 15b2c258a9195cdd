package io.prefstream.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.Split;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HoldoutSplitTest {

    private static final HoldoutSplit BY_REPOSITORY =
            new HoldoutSplit(0.3, HoldoutSplit.Unit.REPOSITORY);
    private static final HoldoutSplit BY_FILE = new HoldoutSplit(0.3, HoldoutSplit.Unit.FILE);

    @Test
    void aRepositoryIsOnOneSideInEveryRevisionAndFile() {
        for (int i = 0; i < 50; i++) {
            String repository = "maven:org.example:lib" + i;
            assertThat(
                            IntStream.range(0, 20)
                                    .mapToObj(j -> from(repository, "1." + j, "F" + j + ".java"))
                                    .map(BY_REPOSITORY::of)
                                    .distinct())
                    .hasSize(1);
        }
    }

    @Test
    void aFileIsOnOneSideInEveryRevision() {
        assertThat(
                        IntStream.range(0, 20)
                                .mapToObj(j -> from("r", "1." + j, "A.java"))
                                .map(BY_FILE::of)
                                .distinct())
                .hasSize(1);
        assertThat(
                        IntStream.range(0, 20)
                                .mapToObj(j -> from("r", "1", "F" + j + ".java"))
                                .map(BY_FILE::of)
                                .distinct())
                .containsExactlyInAnyOrder(Split.TRAIN, Split.HOLDOUT);
    }

    @Test
    void theShareIsMet() {
        long held =
                IntStream.range(0, 10_000)
                        .mapToObj(i -> from("r" + i, "1", "A.java"))
                        .filter(pair -> BY_REPOSITORY.of(pair) == Split.HOLDOUT)
                        .count();

        // Three standard deviations of a binomial with n = 10,000 and p = 0.3.
        assertThat(held).isBetween(3_000L - 138, 3_000L + 138);
        assertThat(new HoldoutSplit(0, HoldoutSplit.Unit.FILE).of(Candidates.good()))
                .isEqualTo(Split.TRAIN);
    }

    @Test
    void aShareOutsideItsRangeIsRefused() {
        assertThatThrownBy(() -> new HoldoutSplit(1, HoldoutSplit.Unit.FILE))
                .hasMessage("holdout share 1.0 is not in [0, 1)");
        assertThatThrownBy(() -> new HoldoutSplit(Double.NaN, HoldoutSplit.Unit.FILE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static CandidatePair from(String repository, String revision, String path) {
        return CandidatePair.newBuilder(Candidates.good())
                .setRepository(repository)
                .setRevision(revision)
                .setPath(path)
                .build();
    }
}
