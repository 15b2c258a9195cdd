package io.prefstream.model.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sequences that wait: first those that ran and gave their place up, the last of them first; then
 * the clients' in turn, each client's in order.
 *
 * <p>Deficit round robin (Shreedhar and Varghese, SIGCOMM 1995): a turn gives a client {@link
 * #QUANTUM} tokens of credit, and its sequences are taken, each charged with its longest text,
 * while it has credit; what it has overdrawn later turns make good, also those at which nothing of
 * it waits. A client that comes goes behind all others. So with texts of at most L tokens a client
 * has its turn after fewer than QUANTUM + L tokens of each client before it, and its n-th text is
 * taken at the latest at turn ⌊n · L / QUANTUM⌋ + 1, whoever comes meanwhile. Taking one costs a
 * step for each quantum of it and of each client it waits for.
 */
final class FairQueue {
    static final int QUANTUM = 64;

    private final Deque<Sequence> preempted = new ArrayDeque<>();

    /** In order of their turns; the first one's turn it is. */
    private final LinkedHashMap<String, Client> clients = new LinkedHashMap<>();

    private int size;

    private static final class Client {
        final Deque<Sequence> waiting = new ArrayDeque<>();

        /** Tokens that it may have; below 0 those that it has had too many. */
        long credit = QUANTUM;
    }

    int size() {
        return size;
    }

    void add(Sequence sequence) {
        clients.computeIfAbsent(sequence.client, name -> new Client()).waiting.addLast(sequence);
        size++;
    }

    /** Puts a sequence back that ran: it is the next one, and not charged again. */
    void putBack(Sequence sequence) {
        preempted.addFirst(sequence);
        size++;
    }

    /** The next sequence, which stays. */
    @Nullable Sequence peek() {
        if (!preempted.isEmpty()) {
            return preempted.getFirst();
        }
        @Nullable Client next = next();
        return next == null ? null : next.waiting.getFirst();
    }

    /** The next of those that ran already, which stays. */
    @Nullable Sequence peekPreempted() {
        return preempted.peekFirst();
    }

    /** Takes what {@link #peek} shows. */
    @Nullable Sequence poll() {
        if (!preempted.isEmpty()) {
            size--;
            return preempted.removeFirst();
        }
        @Nullable Client next = next();
        if (next == null) {
            return null;
        }
        Sequence sequence = next.waiting.removeFirst();
        next.credit -= sequence.longest();
        size--;
        return sequence;
    }

    /** Takes out whatever the condition holds for. */
    void removeIf(Predicate<Sequence> condition) {
        preempted.removeIf(condition);
        size = preempted.size();
        for (Client client : clients.values()) {
            client.waiting.removeIf(condition);
            size += client.waiting.size();
        }
        clients.values().removeIf(FairQueue::gone);
    }

    /** The client whose turn it is. */
    private @Nullable Client next() {
        if (size == preempted.size()) {
            // Nobody is waited for: nobody owes anybody.
            clients.clear();
            return null;
        }
        while (true) {
            Map.Entry<String, Client> first = clients.entrySet().iterator().next();
            String name = first.getKey();
            Client client = first.getValue();
            if (client.credit > 0 && !client.waiting.isEmpty()) {
                return client;
            }
            clients.remove(name);
            if (!gone(client)) {
                client.credit += QUANTUM;
                clients.put(name, client);
            }
        }
    }

    private static boolean gone(Client client) {
        return client.waiting.isEmpty() && client.credit >= 0;
    }
}
