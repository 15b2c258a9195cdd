package io.prefstream.replay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The repositories that a buffer's items are of, each under a number that items keep instead of its
 * name. Some 150 bytes a repository; which items are of it is found in one pass over their numbers.
 *
 * <p>A number outlives its last item until {@link #forgetEmpty}, so that an update can be undone.
 */
final class Repositories {

    /** The number of items that have no repository. */
    static final int NONE = 0;

    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<@Nullable String> names = new ArrayList<>();
    private int[] items = new int[64];

    /** Numbers that nobody has. */
    private final Deque<Integer> free = new ArrayDeque<>();

    /** Numbers whose items have all left, unless others came since. */
    private final List<Integer> emptied = new ArrayList<>();

    Repositories() {
        names.add(null);
    }

    /** The number of a repository, which is given it if it has none. */
    int numberOf(String name) {
        if (name.isEmpty()) {
            return NONE;
        }
        Integer known = numbers.get(name);
        return known == null ? give(name) : known;
    }

    /** The number of a repository; {@link #NONE} if no item is of it. */
    int find(String name) {
        return numbers.getOrDefault(name, NONE);
    }

    /** Counts one more item. */
    void add(int number) {
        items[number]++;
    }

    /** Counts one item less. */
    void remove(int number) {
        if (--items[number] == 0 && number != NONE) {
            emptied.add(number);
        }
    }

    /** Gives the numbers of repositories without items back; nothing can be undone then. */
    void forgetEmpty() {
        for (int number : emptied) {
            String name = names.get(number);
            if (items[number] == 0 && name != null) {
                numbers.remove(name);
                names.set(number, null);
                free.push(number);
            }
        }
        emptied.clear();
    }

    /** Those that items are of, in the order of their names. */
    List<String> names() {
        return numbers.entrySet().stream()
                .filter(entry -> items[entry.getValue()] > 0)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private int give(String name) {
        int number;
        if (free.isEmpty()) {
            number = names.size();
            names.add(name);
            if (number == items.length) {
                items = Arrays.copyOf(items, 2 * number);
            }
        } else {
            number = free.pop();
            names.set(number, name);
        }
        numbers.put(name, number);
        return number;
    }
}
