package io.prefstream.validate;

import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.common.Reason;
import io.prefstream.jobs.common.decontaminate.Benchmarks;
import io.prefstream.jobs.common.decontaminate.Contamination;
import io.prefstream.jobs.common.decontaminate.Fingerprints;
import io.prefstream.jobs.common.optout.DropOptedOut;
import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.OptOuts;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.Verdict;
import io.prefstream.validate.checks.ValidateReason;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.flink.types.Either;
import org.jspecify.annotations.Nullable;

/**
 * What no pair may come from or hold a part of: repositories that opted out, and benchmarks. What
 * is refused for it leaves no text behind. One thread.
 *
 * <p>Cost of a look: some 17 ns a character of both sides and the instruction, nearly all of it for
 * benchmarks ({@link Fingerprints}).
 */
final class Exclusions {

    /**
     * Where a task has them from.
     *
     * @param optOuts those that there are when it starts
     * @param given benchmarks that the job was started with
     * @param added benchmarks that were added by the time it starts
     */
    record Source(
            ControlFeed.Known<OptOut> optOuts,
            List<Fingerprints> given,
            ControlFeed.Known<Benchmark> added)
            implements Serializable {

        /** Without what was looked for in every candidate before it came this far. */
        Source laterOnes() {
            return new Source(optOuts, List.of(), added);
        }

        /** All of them. */
        Exclusions read() {
            Benchmarks benchmarks = new Benchmarks();
            given.forEach(benchmarks::add);
            added.read().forEach(benchmarks::add);
            return new Exclusions(new OptOuts(optOuts.read()), benchmarks);
        }
    }

    /** What looks for benchmarks in code and in the text that goes with it. */
    @FunctionalInterface
    private interface Finder {
        Optional<Contamination> find(String language, String code, @Nullable String text);
    }

    /** Names of the checks: wire values. */
    static final String OPT_OUT = "opt-out";

    static final String DECONTAMINATION = "decontamination";

    private final OptOuts optOuts;
    private final Benchmarks benchmarks;

    private Exclusions(OptOuts optOuts, Benchmarks benchmarks) {
        this.optOuts = optOuts;
        this.benchmarks = benchmarks;
    }

    /**
     * One more.
     *
     * @return the candidates that it excludes; empty where it can't be read
     */
    Optional<Predicate<CandidatePair>> add(Either<OptOut, Benchmark> told) {
        if (told.isLeft()) {
            OptOut optOut = told.left();
            optOuts.add(optOut);
            return Optional.of(
                    pair -> OptOuts.covers(optOut, pair.getRepository(), pair.getPath()));
        }
        return benchmarks
                .add(told.right())
                .map(added -> pair -> contamination(pair, added::find).isPresent());
    }

    /** The rejection of a candidate that is excluded; empty for all others. */
    Optional<Rejection> refusal(CandidatePair candidate) {
        Optional<OptOut> covering =
                optOuts.covering(candidate.getRepository(), candidate.getPath());
        if (covering.isPresent()) {
            return Optional.of(
                    refusal(candidate, DropOptedOut.OPTED_OUT, OptOuts.inWords(covering.get())));
        }
        return contamination(candidate, benchmarks::find)
                .map(
                        found ->
                                refusal(
                                        candidate,
                                        ValidateReason.CONTAMINATED,
                                        "holds a part of " + found.inWords()));
    }

    /** What is recorded of a candidate that isn't excluded. */
    List<CheckOutcome> passed() {
        return List.of(
                PairAssembly.passed(OPT_OUT),
                benchmarks.isEmpty()
                        ? CheckOutcome.newBuilder()
                                .setCheck(DECONTAMINATION)
                                .setVerdict(Verdict.SKIPPED)
                                .setDetail("no benchmark is known")
                                .build()
                        : PairAssembly.passed(DECONTAMINATION));
    }

    private static Optional<Contamination> contamination(CandidatePair pair, Finder finder) {
        String language = pair.getLanguage();
        return finder.find(language, pair.getChosen().getText(), pair.getInstruction())
                .or(() -> finder.find(language, pair.getRejected().getText(), null));
    }

    private static Rejection refusal(CandidatePair candidate, Reason reason, String detail) {
        return Refusals.of(candidate, reason, detail, null);
    }
}
