package io.prefstream.generation.openai;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What waits, in turn: each client's first comes before any client's second, so that one who asks
 * for a thousand texts doesn't make another wait for all of them. O(1). Not thread-safe.
 */
final class TurnQueue<T> {
    private final Map<String, Set<T>> byClient = new LinkedHashMap<>();
    private int size;

    void add(String client, T item) {
        if (byClient.computeIfAbsent(client, c -> new LinkedHashSet<>()).add(item)) {
            size++;
        }
    }

    /** Takes one out, if it still waits. */
    void remove(String client, T item) {
        Set<T> items = byClient.get(client);
        if (items != null && items.remove(item)) {
            size--;
            if (items.isEmpty()) {
                byClient.remove(client);
            }
        }
    }

    /** Takes out whose turn it is. */
    Optional<T> poll() {
        Iterator<Map.Entry<String, Set<T>>> clients = byClient.entrySet().iterator();
        if (!clients.hasNext()) {
            return Optional.empty();
        }
        Map.Entry<String, Set<T>> turn = clients.next();
        String client = turn.getKey();
        Set<T> items = turn.getValue();
        clients.remove();
        Iterator<T> first = items.iterator();
        T item = first.next();
        first.remove();
        size--;
        if (!items.isEmpty()) {
            byClient.put(client, items);
        }
        return Optional.of(item);
    }

    int size() {
        return size;
    }
}
