package io.prefstream.validate.admission;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Holds languages and strategies to their shares of the accepted pairs.
 *
 * <p>What is remembered is the last N offers, and which of them were accepted. A pair that would
 * take its language's or its strategy's part of those accepted above its share is refused,
 * <b>unless nobody else can take its place</b>: unless no pair of another language or strategy
 * among these offers would be within all of its own shares now. So a stream of one language passes
 * whole whatever its share, as does one whose shares don't add up to 1; and as refused offers move
 * the window on too, nobody waits for others that don't come any more for more than N offers.
 *
 * <p>A function of the offers in their order. One instance per subtask: where each subtask keeps
 * the shares, all together keep them. Not thread-safe. Cost: within quota a look at each kind of
 * pair (language and strategy) among those accepted; beyond, one for each two kinds.
 */
public final class Quotas {

    /** Shares are decimals, their products with counts are not quite. */
    private static final double ROUNDING = 1e-9;

    private final QuotaSettings settings;
    private final ArrayDeque<Offer> offers = new ArrayDeque<>();

    /** How many of each there are among the offers; never 0. */
    private final Map<Offer, Integer> counts = new HashMap<>();

    public Quotas(QuotaSettings settings) {
        this.settings = settings;
    }

    /** Judges a pair and remembers it; what is wrong with it in words, or nothing. */
    public Optional<String> offer(String language, String strategy) {
        if (!settings.any()) {
            return Optional.empty();
        }
        makeRoom();
        Offer wanted = new Offer(language, strategy, true);
        Optional<String> excess = excess(wanted);
        boolean refused =
                excess.isPresent()
                        && counts.keySet().stream().anyMatch(other -> excess(other).isEmpty());
        remember(new Offer(language, strategy, !refused));
        return refused ? excess : Optional.empty();
    }

    /** The offers in force, for the checkpoint. */
    public List<Offer> offers() {
        return List.copyOf(offers);
    }

    /** Adds a restored offer, the oldest first; after rescaling there may be more than fit. */
    public void restore(Offer offer) {
        makeRoom();
        remember(offer);
    }

    private void makeRoom() {
        if (offers.size() == settings.window()) {
            counts.computeIfPresent(
                    offers.removeFirst(), (gone, count) -> count == 1 ? null : count - 1);
        }
    }

    private void remember(Offer offer) {
        offers.addLast(offer);
        counts.merge(offer, 1, Integer::sum);
    }

    /** By what a further pair like this one would exceed a share. */
    private Optional<String> excess(Offer pair) {
        return excess("language", settings.languages(), Offer::language, pair)
                .or(() -> excess("strategy", settings.strategies(), Offer::strategy, pair));
    }

    private Optional<String> excess(
            String what, Map<String, Double> shares, Function<Offer, String> of, Offer pair) {
        String name = of.apply(pair);
        Double share = shares.get(name);
        if (share == null) {
            return Optional.empty();
        }
        int all = 1;
        int same = 1;
        for (Map.Entry<Offer, Integer> each : counts.entrySet()) {
            if (each.getKey().accepted()) {
                all += each.getValue();
                same += of.apply(each.getKey()).equals(name) ? each.getValue() : 0;
            }
        }
        if (same <= share * all + ROUNDING) {
            return Optional.empty();
        }
        return Optional.of(
                String.format(
                        Locale.ROOT,
                        "%s %s would be %,d of %,d pairs accepted among the last %,d offered, which"
                                + " exceeds validate.quota.%s=%s:%s",
                        what,
                        name,
                        same,
                        all,
                        offers.size() + 1,
                        what,
                        name,
                        share));
    }
}
