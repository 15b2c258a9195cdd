package io.prefstream.model.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sequences that wait, each client's in order. Next is the client that has been given the fewest
 * tokens; one that comes back starts level with the others (start-time fair queueing).
 */
final class FairQueue {
    private final Map<String, Client> clients = new HashMap<>();
    private double level;
    private int size;

    private static final class Client {
        final Deque<Sequence> waiting = new ArrayDeque<>();
        double served;
    }

    int size() {
        return size;
    }

    void add(Sequence sequence) {
        client(sequence).waiting.addLast(sequence);
        size++;
    }

    /** Puts a sequence back that was taken too early; what it was charged is given back. */
    void putBack(Sequence sequence) {
        Client client = client(sequence);
        client.waiting.addFirst(sequence);
        client.served -= sequence.longest();
        size++;
    }

    /** The next sequence, which stays. */
    @Nullable Sequence peek() {
        @Nullable Client next = next();
        return next == null ? null : next.waiting.getFirst();
    }

    /** Takes what {@link #peek} shows. */
    @Nullable Sequence poll() {
        @Nullable Client next = next();
        if (next == null) {
            return null;
        }
        Sequence sequence = next.waiting.removeFirst();
        level = next.served;
        next.served += sequence.longest();
        size--;
        if (next.waiting.isEmpty()) {
            // Remembered only while it waits: returning, it starts level.
            clients.values().remove(next);
        }
        return sequence;
    }

    /** Takes out whatever the condition holds for. */
    void removeIf(Predicate<Sequence> condition) {
        for (Iterator<Client> all = clients.values().iterator(); all.hasNext(); ) {
            Client client = all.next();
            int before = client.waiting.size();
            client.waiting.removeIf(condition);
            size -= before - client.waiting.size();
            if (client.waiting.isEmpty()) {
                all.remove();
            }
        }
    }

    private Client client(Sequence sequence) {
        return clients.computeIfAbsent(
                sequence.client,
                name -> {
                    Client created = new Client();
                    created.served = level;
                    return created;
                });
    }

    private @Nullable Client next() {
        @Nullable Client next = null;
        for (Client client : clients.values()) {
            if (next == null || client.served < next.served) {
                next = client;
            }
        }
        return next;
    }
}
