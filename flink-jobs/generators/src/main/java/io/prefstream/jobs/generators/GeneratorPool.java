package io.prefstream.jobs.generators;

import io.prefstream.generation.reliable.AnswerLog;
import io.prefstream.generation.reliable.ReliableGenerator;
import io.prefstream.generation.reliable.ReliableMetrics;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.generators.release.AnswerScorer;
import io.prefstream.jobs.generators.release.AnswerScorerFactory;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The generators of a job in this process: each is opened once, however many subtasks ask it, so
 * that a batch is filled by all of them and a limit holds for all of them.
 */
public final class GeneratorPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GeneratorPool.class);

    /** What the pools of this process share, by job. */
    private static final Map<String, Shared> OPEN = new HashMap<>();

    private final String job;
    private final Shared shared;
    private boolean closed;

    private static final class Shared {
        final Map<String, ReliableGenerator> generators = new LinkedHashMap<>();
        final List<Writer> writers = new ArrayList<>();
        final GapMonitor gap = new GapMonitor();
        @Nullable AnswerLog answers;
        @Nullable AnswerScorer scorer;
        @Nullable GeneratorPool teller;
        int users;
    }

    /**
     * Opens a job's pool where its subtasks run.
     *
     * @param user who asks: engines serve their users in turn
     * @param specs of the generators, with different names
     * @param tries that the requests of a snippet have between them
     * @param answers folder of the log of answers; null for none
     * @param maxAnswerBytes that the log may have
     * @param scorer of the preference model that tells answers apart; null for none
     */
    public record Factory(
            String user,
            List<GeneratorSpec> specs,
            int tries,
            @Nullable String answers,
            long maxAnswerBytes,
            @Nullable AnswerScorerFactory scorer)
            implements Serializable {

        /** No generators. */
        public static final Factory NONE = of("nobody", List.of(), 1);

        public Factory {
            specs = List.copyOf(specs);
        }

        /** Generators without log and preference model. */
        public static Factory of(String user, List<GeneratorSpec> specs, int tries) {
            return new Factory(user, specs, tries, null, 0, null);
        }

        /** Whether somebody plays the role. */
        public boolean has(Role role) {
            return specs.stream().anyMatch(spec -> spec.roles().containsKey(role));
        }

        /**
         * @param job whose pool it is: its subtasks in this process share generators
         * @param device that this process was given
         */
        public GeneratorPool open(String job, String device) throws IOException {
            synchronized (OPEN) {
                Shared shared = OPEN.get(job);
                if (shared == null) {
                    shared = begin(device);
                    OPEN.put(job, shared);
                }
                shared.users++;
                GeneratorPool pool = new GeneratorPool(job, shared);
                if (shared.teller == null) {
                    shared.teller = pool;
                }
                return pool;
            }
        }

        private Shared begin(String device) throws IOException {
            Shared shared = new Shared();
            try {
                if (answers != null && !specs.isEmpty()) {
                    shared.answers = AnswerLog.open(Path.of(answers), maxAnswerBytes);
                }
                if (scorer != null) {
                    shared.scorer = scorer.open();
                }
                for (GeneratorSpec spec : specs) {
                    ReliableGenerator generator =
                            new ReliableGenerator(
                                    spec.factory().open(device), spec.reliable(), shared.answers);
                    shared.generators.put(spec.name(), generator);
                    shared.writers.add(new Writer(user, spec, generator));
                }
                return shared;
            } catch (IOException | RuntimeException e) {
                end(shared);
                throw e;
            }
        }
    }

    private GeneratorPool(String job, Shared shared) {
        this.job = job;
        this.shared = shared;
    }

    /** Whether somebody who plays the role can be asked for functions of this language. */
    public boolean speaks(Role role, Language language) {
        return players(role).anyMatch(writer -> writer.speaks(language));
    }

    /**
     * Of the generators of a role that can be asked for functions of this language one, by weight.
     *
     * @param fraction in [0, 1) that decides which
     * @throws IllegalArgumentException if there is none
     */
    public Writer writer(Role role, Language language, double fraction) {
        return drawn(
                players(role).filter(writer -> writer.speaks(language)).toList(), role, fraction);
    }

    /**
     * A generator of a role, by weight.
     *
     * @param fraction in [0, 1) that decides which
     * @throws IllegalArgumentException if nobody plays the role
     */
    public Writer writer(Role role, double fraction) {
        return drawn(players(role).toList(), role, fraction);
    }

    private Stream<Writer> players(Role role) {
        return shared.writers.stream().filter(writer -> writer.spec().roles().containsKey(role));
    }

    private static Writer drawn(List<Writer> writers, Role role, double fraction) {
        if (writers.isEmpty()) {
            throw new IllegalArgumentException("no generator has the role " + role);
        }
        double at = fraction * writers.stream().mapToDouble(each -> weight(each, role)).sum();
        for (Writer writer : writers) {
            at -= weight(writer, role);
            if (at < 0) {
                return writer;
            }
        }
        return writers.get(writers.size() - 1);
    }

    private static double weight(Writer writer, Role role) {
        return writer.spec().roles().getOrDefault(role, 0.0);
    }

    /**
     * The preference model that tells answers apart.
     *
     * @throws IllegalStateException if there is none
     */
    public AnswerScorer scorer() {
        if (shared.scorer == null) {
            throw new IllegalStateException("no preference model was named");
        }
        return shared.scorer;
    }

    /** The gap between strong and weak as all subtasks of this process see it. */
    public GapMonitor gap() {
        return shared.gap;
    }

    /**
     * Whether this is who tells what all do: one of those that a job has open in this process, so
     * that a sum over its subtasks counts everything once.
     */
    public boolean tells() {
        synchronized (OPEN) {
            return shared.teller == this;
        }
    }

    /** What each generator has done in this process, by name. */
    public Map<String, ReliableMetrics> metrics() {
        Map<String, ReliableMetrics> metrics = new LinkedHashMap<>();
        shared.generators.forEach((name, generator) -> metrics.put(name, generator.metrics()));
        return metrics;
    }

    /** What one of them has done. */
    public ReliableMetrics metrics(String name) {
        ReliableGenerator generator = shared.generators.get(name);
        if (generator == null) {
            throw new IllegalArgumentException("no generator " + name);
        }
        return generator.metrics();
    }

    @Override
    public void close() {
        synchronized (OPEN) {
            if (closed) {
                return;
            }
            closed = true;
            if (shared.teller == this) {
                shared.teller = null; // Who opens next tells.
            }
            if (--shared.users == 0) {
                OPEN.remove(job);
                end(shared);
            }
        }
    }

    private static void end(Shared shared) {
        shared.generators
                .values()
                .forEach(
                        generator -> {
                            LOG.info("{}: {}", generator.model(), generator.metrics());
                            generator.close();
                        });
        if (shared.scorer != null) {
            shared.scorer.close();
        }
        if (shared.answers != null) {
            try {
                shared.answers.close();
            } catch (IOException e) {
                LOG.warn("the log of answers can't be closed", e);
            }
        }
    }
}
