package io.prefstream.replay;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** The slot of the highest or the lowest priority, the oldest of several. A binary heap. */
final class HeapSelector implements Selector {

    private static final int SMALLEST = 64;

    private final boolean highest;
    private int size;
    private int[] heap = new int[SMALLEST];
    private int[] placeOf = new int[SMALLEST];
    private double[] priorities = new double[SMALLEST];

    HeapSelector(boolean highest) {
        this.highest = highest;
    }

    @Override
    public void insert(int slot, double priority) {
        if (slot >= placeOf.length) {
            int length = Math.max(slot + 1, 2 * placeOf.length);
            placeOf = Arrays.copyOf(placeOf, length);
            priorities = Arrays.copyOf(priorities, length);
        }
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        priorities[slot] = priority;
        put(size, slot);
        size++;
        up(size - 1);
    }

    @Override
    public void update(int slot, double priority) {
        priorities[slot] = priority;
        up(placeOf[slot]);
        down(placeOf[slot]);
    }

    @Override
    public void remove(int slot) {
        int place = placeOf[slot];
        size--;
        if (place < size) {
            int moved = heap[size];
            put(place, moved);
            up(place);
            down(placeOf[moved]);
        }
    }

    @Override
    public int select(RandomGenerator random) {
        return heap[0];
    }

    @Override
    public double probability(int slot) {
        return size > 0 && heap[0] == slot ? 1 : 0;
    }

    private void up(int from) {
        int place = from;
        while (place > 0 && before(heap[place], heap[(place - 1) / 2])) {
            swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
    }

    private void down(int from) {
        int place = from;
        while (true) {
            int first = 2 * place + 1;
            if (first + 1 < size && before(heap[first + 1], heap[first])) {
                first++;
            }
            if (first >= size || !before(heap[first], heap[place])) {
                return;
            }
            swap(place, first);
            place = first;
        }
    }

    private boolean before(int slot, int other) {
        int compared = Double.compare(priorities[slot], priorities[other]);
        return compared == 0 ? slot < other : highest == (compared > 0);
    }

    private void swap(int place, int other) {
        int slot = heap[place];
        put(place, heap[other]);
        put(other, slot);
    }

    private void put(int place, int slot) {
        heap[place] = slot;
        placeOf[slot] = place;
    }
}
