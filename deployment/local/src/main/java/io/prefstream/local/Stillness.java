package io.prefstream.local;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Watches the flow's equations for the moment when nothing is under way any more: they hold, and
 * were the same three looks in a row, so that no record hides between two counts.
 */
final class Stillness {

    /** What a look shows. */
    enum Sight {
        /** Something is under way. */
        MOVING,
        /** Everything that came was worked off. */
        STILL,
        /** Nothing has moved for so long that it won't any more, and yet it doesn't add up. */
        STUCK
    }

    private static final int LOOKS = 2;

    private final Duration stallLimit;
    private final LongSupplier nanos;
    private List<Conservation.Equation> last = List.of();
    private int same;
    private long lastMove;

    /**
     * @param stallLimit time without a move after which a flow that doesn't add up is stuck
     * @param nanos a clock like {@link System#nanoTime}
     */
    Stillness(Duration stallLimit, LongSupplier nanos) {
        this.stallLimit = stallLimit;
        this.nanos = nanos;
        this.lastMove = nanos.getAsLong();
    }

    Sight look(List<Conservation.Equation> equations) {
        if (!equations.equals(last)) {
            last = equations;
            same = 0;
            lastMove = nanos.getAsLong();
            return Sight.MOVING;
        }
        if (equations.stream().allMatch(Conservation.Equation::balanced)) {
            same++;
            return same >= LOOKS ? Sight.STILL : Sight.MOVING;
        }
        same = 0;
        return nanos.getAsLong() - lastMove > stallLimit.toNanos() ? Sight.STUCK : Sight.MOVING;
    }
}
