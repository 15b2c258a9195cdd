package io.prefstream.trainer;

import java.util.ArrayList;
import java.util.List;

/** The newest outcomes, oldest first, up to a number of them. */
final class OutcomeWindow {

    private final int most;
    private final List<Outcome> outcomes = new ArrayList<>();

    OutcomeWindow(int most) {
        this.most = most;
    }

    /** What {@link #text} gave; of more outcomes than it holds the newest. */
    static OutcomeWindow parse(String text, int most) {
        OutcomeWindow window = new OutcomeWindow(most);
        text.chars().forEach(symbol -> window.add(Outcome.ofSymbol((char) symbol)));
        return window;
    }

    void add(Outcome outcome) {
        if (outcomes.size() == most) {
            drop(1);
        }
        outcomes.add(outcome);
    }

    /** Forgets the oldest ones. */
    void drop(int count) {
        outcomes.subList(0, count).clear();
    }

    int size() {
        return outcomes.size();
    }

    Outcome get(int index) {
        return outcomes.get(index);
    }

    /** Over those from one index to before another. */
    Accuracy accuracy(int from, int to) {
        return new Accuracy(
                outcomes.subList(from, to).stream().mapToDouble(Outcome::right).sum(), to - from);
    }

    /** A character each. */
    String text() {
        StringBuilder text = new StringBuilder(outcomes.size());
        outcomes.forEach(outcome -> text.append(outcome.symbol()));
        return text.toString();
    }
}
