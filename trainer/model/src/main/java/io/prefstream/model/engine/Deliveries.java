package io.prefstream.model.engine;

import io.prefstream.generation.FinishReason;
import io.prefstream.generation.GenerationException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What steps gave, handed to the texts and their listeners. */
final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

    private final EngineCounters counters;
    private final Runnable left;

    /** Told after a step, when the metrics know of it. */
    private final List<Runnable> endings = new ArrayList<>();

    /**
     * @param left told of each text that is out of hand
     */
    Deliveries(EngineCounters counters, Runnable left) {
        this.counters = counters;
        this.left = left;
    }

    /** It is out of hand, without an answer. */
    void drop(Sequence sequence, Throwable why) {
        counters.failed++;
        left.run();
        endings.add(() -> sequence.fail(why));
    }

    /** Takes the endings that are to be told. */
    List<Runnable> endings() {
        if (endings.isEmpty()) {
            return List.of();
        }
        List<Runnable> taken = List.copyOf(endings);
        endings.clear();
        return taken;
    }

    /** What a listener throws is its own affair: nobody else's text suffers. */
    static void tell(List<Runnable> endings) {
        for (Runnable ending : endings) {
            try {
                ending.run();
            } catch (RuntimeException e) {
                LOG.warn("a listener failed at the end of its text", e);
            }
        }
    }

    /** Hands over what a turn gave: a token, a score, perhaps the text's end. */
    void deliver(StepRows.Outcome outcome, Scheduler scheduler, String revision) {
        Scheduler.Turn turn = outcome.turn();
        Sequence sequence = turn.sequence();
        counters.promptTokens +=
                Math.min(turn.count(), Math.max(0, sequence.promptLength - sequence.computed));
        if (!outcome.finite()) {
            scheduler.finish(sequence);
            drop(sequence, notFinite(turn, revision));
            return;
        }
        scheduler.computed(turn);
        boolean over = false;
        if (sequence.work instanceof Sequence.Score score) {
            over = score(sequence, score, outcome, revision);
        } else if (sequence.work instanceof Sequence.Continue c && outcome.chosen() != null) {
            over = proceed(sequence, c, outcome.chosen(), outcome.top(), revision);
        }
        if (over) {
            scheduler.finish(sequence);
        }
    }

    private static GenerationException notFinite(Scheduler.Turn turn, String revision) {
        return new GenerationException(
                "%s gives numbers that are not finite after %d tokens"
                        .formatted(revision, turn.sequence().computed + turn.count()));
    }

    /** True when the text is out of hand. */
    private boolean score(
            Sequence sequence, Sequence.Score score, StepRows.Outcome outcome, String revision) {
        sequence.logLikelihood += outcome.logLikelihood();
        if (sequence.remaining() > 0) {
            return false;
        }
        return complete(
                () -> score.listener().scored(sequence.logLikelihood, outcome.reward(), revision));
    }

    /** True when the text is out of hand. */
    private boolean proceed(
            Sequence sequence,
            Sequence.Continue c,
            TokenListener.Chosen chosen,
            List<TokenListener.Chosen> top,
            String revision) {
        counters.generated++;
        boolean stopped = c.ends().contains(chosen.token());
        if (!stopped) {
            sequence.append(chosen.token());
            try {
                stopped = c.listener().token(chosen, top);
            } catch (RuntimeException e) {
                drop(sequence, e);
                return true;
            }
        }
        if (!stopped && sequence.length < sequence.longest()) {
            return false;
        }
        FinishReason reason = stopped ? FinishReason.STOP : FinishReason.LENGTH;
        return complete(() -> c.listener().finished(reason, revision));
    }

    /** It is out of hand, answered; the ending tells its listener. */
    private boolean complete(Runnable ending) {
        counters.completed++;
        left.run();
        endings.add(ending);
        return true;
    }
}
