package io.prefstream.jobs.common.decontaminate;

import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.Topics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The benchmarks that are known, and what code holds of them. Not thread-safe. */
public final class Benchmarks {

    private static final Logger LOG = LoggerFactory.getLogger(Benchmarks.class);

    private final Map<String, Fingerprints> sets = new LinkedHashMap<>();

    /** Whether none is known. */
    public boolean isEmpty() {
        return sets.isEmpty();
    }

    /** Adds one that is at hand. */
    public void add(Fingerprints set) {
        sets.put(set.benchmark() + "/" + set.version(), set);
    }

    /**
     * Adds one that was told of; a job is told twice of what is there when it starts.
     *
     * @return its fingerprints; empty where they can't be read, which is logged: a job must not end
     *     because of what somebody wrote into a topic
     */
    public Optional<Fingerprints> add(Benchmark told) {
        byte[] bytes = new byte[told.getFingerprints().remaining()];
        told.getFingerprints().duplicate().get(bytes);
        try {
            Fingerprints set = FingerprintFormat.read(new ByteArrayInputStream(bytes));
            sets.put(Topics.BENCHMARKS.key().of(told), set);
            return Optional.of(set);
        } catch (IOException e) {
            LOG.error(
                    "benchmark {} {}, part {}, can't be read and counts for nothing: {}",
                    told.getName(),
                    told.getVersion(),
                    told.getPart(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * What a piece of code holds of the first benchmark that it holds anything of.
     *
     * @param language the code's language in lower case
     * @param text the code's natural language, such as its documentation comment
     */
    public Optional<Contamination> find(String language, String code, @Nullable String text) {
        if (sets.isEmpty()) {
            return Optional.empty();
        }
        List<Windows> passages = Fingerprints.passages(language, code, text);
        for (Fingerprints set : sets.values()) {
            Optional<Contamination> found = set.find(passages);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
