package io.prefstream.replay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The repositories, languages and strategies that a buffer's items are of, each three under a
 * number that items keep instead. Some 200 bytes for each three; which items are of a repository is
 * found in one pass over their numbers.
 *
 * <p>A number outlives its last item until {@link #forgetEmpty}, so that an update can be undone.
 */
final class KnownTraits {

    private final Map<ItemTraits, Integer> numbers = new HashMap<>();

    /** Of every number, without confidences. */
    private final List<@Nullable ItemTraits> known = new ArrayList<>();

    private int[] items = new int[64];

    /** Numbers that nobody has. */
    private final Deque<Integer> free = new ArrayDeque<>();

    /** Numbers whose items have all left, unless others came since. */
    private final List<Integer> emptied = new ArrayList<>();

    /** The number of traits, confidence aside, which are given one if they have none. */
    int numberOf(ItemTraits traits) {
        ItemTraits sure = traits.withConfidence(1);
        Integer number = numbers.get(sure);
        return number == null ? give(sure) : number;
    }

    /** What has a number, which somebody has, with this confidence. */
    ItemTraits of(int number, double confidence) {
        ItemTraits traits = known.get(number);
        if (traits == null) {
            throw new IllegalArgumentException("no traits have number " + number);
        }
        return traits.withConfidence(confidence);
    }

    /** The numbers of the traits of repositories, by their names. */
    BitSet ofRepositories(Predicate<String> names) {
        BitSet numbers = new BitSet();
        for (int number = 0; number < known.size(); number++) {
            ItemTraits traits = known.get(number);
            if (traits != null
                    && !traits.repository().isEmpty()
                    && names.test(traits.repository())) {
                numbers.set(number);
            }
        }
        return numbers;
    }

    /** Counts one more item. */
    void add(int number) {
        items[number]++;
    }

    /** Counts one item less. */
    void remove(int number) {
        if (--items[number] == 0) {
            emptied.add(number);
        }
    }

    /** Gives the numbers of traits without items back; nothing can be undone then. */
    void forgetEmpty() {
        for (int number : emptied) {
            ItemTraits traits = known.get(number);
            if (items[number] == 0 && traits != null) {
                numbers.remove(traits);
                known.set(number, null);
                free.push(number);
            }
        }
        emptied.clear();
    }

    /** The repositories that items are of, in the order of their names. */
    List<String> repositories() {
        return numbers.entrySet().stream()
                .filter(entry -> items[entry.getValue()] > 0)
                .map(entry -> entry.getKey().repository())
                .filter(name -> !name.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }

    private int give(ItemTraits traits) {
        int number;
        if (free.isEmpty()) {
            number = known.size();
            known.add(traits);
            if (number == items.length) {
                items = Arrays.copyOf(items, 2 * number);
            }
        } else {
            number = free.pop();
            known.set(number, traits);
        }
        numbers.put(traits, number);
        return number;
    }
}
