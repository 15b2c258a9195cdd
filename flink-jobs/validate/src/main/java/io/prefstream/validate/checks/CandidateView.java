package io.prefstream.validate.checks;

import io.prefstream.schemas.CandidatePair;
import org.jspecify.annotations.Nullable;

/**
 * A candidate together with what several checks want to know of it. Each side is parsed when the
 * first check asks for it, and only once: parsing is the dearest thing that a check does. Close it:
 * the trees are native memory.
 */
public final class CandidateView implements AutoCloseable {

    private final CandidatePair pair;
    private final CodeReader reader;
    private @Nullable ReadCode chosen;
    private @Nullable ReadCode rejected;

    public CandidateView(CandidatePair pair, CodeReader reader) {
        this.pair = pair;
        this.reader = reader;
    }

    /** The candidate itself. */
    public CandidatePair pair() {
        return pair;
    }

    /** The instruction's last line, which is a signature where the pair is about a function. */
    String signature() {
        String instruction = pair.getInstruction();
        return instruction.substring(instruction.lastIndexOf('\n') + 1).strip();
    }

    /** The text of one side. */
    public String text(Side side) {
        return side.of(pair).getText();
    }

    /** One side, parsed. */
    public ReadCode code(Side side) {
        return side == Side.CHOSEN ? chosen() : rejected();
    }

    /** The chosen side, parsed. */
    public ReadCode chosen() {
        if (chosen == null) {
            chosen = reader.read(pair.getLanguage(), text(Side.CHOSEN));
        }
        return chosen;
    }

    /** The rejected side, parsed. */
    public ReadCode rejected() {
        if (rejected == null) {
            rejected = reader.read(pair.getLanguage(), text(Side.REJECTED), chosen);
        }
        return rejected;
    }

    @Override
    public void close() {
        if (chosen != null) {
            chosen.close();
        }
        if (rejected != null) {
            rejected.close();
        }
    }
}
