package io.prefstream.trainer;

import io.prefstream.replay.ReplayUpdate;
import io.prefstream.schemas.RulesVersion;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The highest rules that said something of each pair, so that what lower ones say later, or
 * elsewhere on the log, is passed over. Kept in the table's notes, with the changes that follow
 * from it; the first rules leave none.
 *
 * <p>Some 250 bytes for each pair that was judged again, also when the pair has left the table; the
 * {@value #MOST} that higher rules spoke of last are remembered. Of one that is forgotten, a record
 * of lower rules that comes that late is taken for new.
 */
public final class RulesHeard {

    /** Pairs that are remembered. */
    static final int MOST = 1_000_000;

    private static final String NOTE = "rules/";

    /** Ids in the order in which they were heard of, by number. */
    private static final String ORDER = "rules-order/";

    /** The first and the next number of the order. */
    private static final String SPAN = "rules-span";

    /** What a record is beside those that came before. */
    public enum Rank {
        /** Higher rules spoke already. */
        LOWER,
        /** The same rules spoke already, or it is of the first and nobody spoke. */
        SAME,
        /** What was said so far is of lower rules. */
        HIGHER
    }

    private RulesHeard() {}

    /** Ranks what rules say of a pair, and remembers them. */
    public static Rank hear(String pairId, int rulesVersion, ReplayUpdate update) {
        return hear(pairId, rulesVersion, update, MOST);
    }

    /** As {@link #hear(String, int, ReplayUpdate)}, remembering so many. */
    static Rank hear(String pairId, int rulesVersion, ReplayUpdate update, int most) {
        Optional<byte[]> note = update.note(NOTE + pairId);
        int heard = note.map(bytes -> ByteBuffer.wrap(bytes).getInt()).orElse(RulesVersion.FIRST);
        if (rulesVersion > heard) {
            remember(pairId, rulesVersion, note, update, most);
            return Rank.HIGHER;
        }
        return rulesVersion == heard ? Rank.SAME : Rank.LOWER;
    }

    private static void remember(
            String pairId, int version, Optional<byte[]> before, ReplayUpdate update, int most) {
        // Notes of tables from before there was an order have no number.
        before.filter(bytes -> bytes.length > Integer.BYTES)
                .ifPresent(bytes -> update.forget(order(ByteBuffer.wrap(bytes).getLong(4))));
        ByteBuffer span =
                ByteBuffer.wrap(update.note(SPAN).orElseGet(() -> new byte[2 * Long.BYTES]));
        long first = span.getLong();
        long next = span.getLong();
        update.note(order(next), pairId.getBytes(StandardCharsets.UTF_8));
        update.note(
                NOTE + pairId,
                ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
                        .putInt(version)
                        .putLong(next)
                        .array());
        next++;
        while (next - first > most) {
            String oldest = order(first++);
            update.note(oldest)
                    .ifPresent(
                            id -> {
                                update.forget(NOTE + new String(id, StandardCharsets.UTF_8));
                                update.forget(oldest);
                            });
        }
        update.note(SPAN, ByteBuffer.allocate(2 * Long.BYTES).putLong(first).putLong(next).array());
    }

    private static String order(long number) {
        return ORDER + Long.toHexString(number);
    }
}
