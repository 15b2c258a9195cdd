package io.prefstream.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyIndexTest {

    @Test
    void findsWhatIsThereThroughRandomChanges() {
        SplittableRandom random = new SplittableRandom(8);
        KeyIndex index = new KeyIndex();
        Map<String, Long> model = new HashMap<>();
        for (long change = 0; change < 200_000; change++) {
            String key = "key" + random.nextInt(3_000);
            Long present = model.remove(key);
            if (present == null) {
                model.put(key, change);
                index.put(KeyIndex.hash(key), change);
            } else {
                index.remove(KeyIndex.hash(key), present);
            }
            String other = "key" + random.nextInt(3_000);
            Long number = model.get(other);
            assertThat(index.find(KeyIndex.hash(other)))
                    .isEqualTo(number == null ? new int[0] : new int[] {number.intValue()});
        }
    }

    @Test
    void keysOfOneHashAreAllFound() {
        KeyIndex index = new KeyIndex();
        int a = KeyIndex.hash("a");
        index.put(a, 5);
        index.put(a, (1L << 32) + 7);
        index.put(a, 9);
        assertThat(index.find(a)).containsExactlyInAnyOrder(5, 7, 9);
        index.remove(a, (1L << 32) + 7);
        assertThat(index.find(a)).containsExactlyInAnyOrder(5, 9);
    }
}
