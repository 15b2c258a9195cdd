package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.PreferencePair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldoutSetTest {

    @TempDir Path folder;

    @Test
    void keepsTheSamePairsInWhateverOrderTheyCome() throws IOException {
        List<PreferencePair> pairs = new ArrayList<>(pairs());
        HoldoutSet forwards = new HoldoutSet(10);
        pairs.forEach(forwards::offer);
        Collections.reverse(pairs);
        HoldoutSet backwards = new HoldoutSet(10);
        pairs.forEach(backwards::offer);
        assertThat(forwards.pairs()).hasSize(10).isEqualTo(backwards.pairs());
        assertThat(forwards.offer(forwards.pairs().get(3))).isFalse();
    }

    @Test
    void comesBackAsItWas() throws IOException {
        HoldoutSet holdout = new HoldoutSet(10);
        pairs().forEach(holdout::offer);
        holdout.save(folder.resolve("holdout.avro"));
        HoldoutSet restored = new HoldoutSet(10);
        restored.load(folder.resolve("holdout.avro"));
        assertThat(restored.pairs()).isEqualTo(holdout.pairs());
    }

    private List<PreferencePair> pairs() throws IOException {
        Path file = PairFile.separable(folder.resolve("pairs.jsonl"), 50);
        return PairFile.read(file, 0.5);
    }
}
