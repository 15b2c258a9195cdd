package io.prefstream.trainer;

import io.prefstream.replay.ReplayUpdate;
import io.prefstream.schemas.RulesVersion;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The highest rules that said something of each pair, so that what lower ones say later, or
 * elsewhere on the log, is passed over. Kept in the table's notes, with the changes that follow
 * from it; the first rules leave none. Some 100 bytes for each pair that was judged again, also
 * when the pair has left the table.
 */
final class RulesHeard {

    private static final String NOTE = "rules/";

    /** What a record is beside those that came before. */
    enum Rank {
        /** Higher rules spoke already. */
        LOWER,
        /** The same rules spoke already, or it is of the first and nobody spoke. */
        SAME,
        /** What was said so far is of lower rules. */
        HIGHER
    }

    private RulesHeard() {}

    /** Ranks what rules say of a pair, and remembers them. */
    static Rank hear(String pairId, int rulesVersion, ReplayUpdate update) {
        Optional<byte[]> note = update.note(NOTE + pairId);
        int heard = note.map(bytes -> ByteBuffer.wrap(bytes).getInt()).orElse(RulesVersion.FIRST);
        if (rulesVersion > heard) {
            update.note(
                    NOTE + pairId, ByteBuffer.allocate(Integer.BYTES).putInt(rulesVersion).array());
            return Rank.HIGHER;
        }
        return rulesVersion == heard ? Rank.SAME : Rank.LOWER;
    }
}
