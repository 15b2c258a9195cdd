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
            assertThat(index.find(KeyIndex.hash(other), sequence -> true))
                    .isEqualTo(model.getOrDefault(other, KeyIndex.NONE));
        }
    }

    @Test
    void keysOfOneHashAreToldApartByWhoConfirms() {
        KeyIndex index = new KeyIndex();
        int a = KeyIndex.hash("a");
        index.put(a, 5);
        index.put(a, 7);
        index.put(a, 9);
        assertThat(index.find(a, sequence -> sequence == 7)).isEqualTo(7);
        assertThat(index.find(a, sequence -> false)).isEqualTo(KeyIndex.NONE);
        index.remove(a, 7);
        assertThat(index.find(a, sequence -> sequence != 5)).isEqualTo(9);
        assertThat(index.find(a, sequence -> sequence == 7)).isEqualTo(KeyIndex.NONE);
    }
}
