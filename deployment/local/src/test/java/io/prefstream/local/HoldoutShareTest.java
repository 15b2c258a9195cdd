package io.prefstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.ContentId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HoldoutShareTest {

    @Test
    void oneOfAHandfulIsHeldOut() {
        List<String> repositories = List.of("maven:a:a", "maven:b:b", "maven:c:c");
        assertThat(heldOut(repositories)).isEqualTo(1);
    }

    @Test
    void aTenthOfManyIsHeldOut() {
        List<String> repositories =
                IntStream.range(0, 40).mapToObj(i -> "maven:group:artifact" + i).toList();
        assertThat(heldOut(repositories)).isEqualTo(4);
    }

    private static long heldOut(List<String> repositories) {
        double share = HoldoutShare.of(repositories);
        return repositories.stream()
                .filter(repository -> ContentId.fraction("holdout", repository) < share)
                .count();
    }
}
