package io.prefstream.schemas;

import java.util.List;

/** Every topic of the pipeline, in the order of the flow. */
public final class Topics {

    public static final Topic<RepoEvent> REPO_EVENTS =
            new Topic<>(
                    "prefstream.repo-events.v1",
                    RepoEvent.class,
                    event ->
                            event.getBody() instanceof Publication publication
                                    ? publication.getRepository()
                                    : event.getFeed());

    public static final Topic<CodeSnippet> CODE_SNIPPETS =
            new Topic<>("prefstream.code-snippets.v1", CodeSnippet.class, CodeSnippet::getId);

    public static final Topic<CandidatePair> CANDIDATE_PAIRS =
            new Topic<>("prefstream.candidate-pairs.v1", CandidatePair.class, CandidatePair::getId);

    public static final Topic<PreferencePair> PREFERENCE_PAIRS =
            new Topic<>(
                    "prefstream.preference-pairs.v1", PreferencePair.class, PreferencePair::getId);

    /** Pairs whose label is in doubt, as validate left them; each has a rejection as well. */
    public static final Topic<PreferencePair> QUARANTINED_PAIRS =
            new Topic<>(
                    "prefstream.quarantined-pairs.v1", PreferencePair.class, PreferencePair::getId);

    public static final Topic<Rejection> REJECTIONS =
            new Topic<>("prefstream.rejections.v1", Rejection.class, Rejection::getId);

    public static final Topic<DeadLetter> DEAD_LETTERS =
            new Topic<>("prefstream.dead-letters.v1", DeadLetter.class, letter -> null);

    public static final Topic<OptOut> OPT_OUTS =
            new Topic<>(
                    "prefstream.opt-outs.v1",
                    OptOut.class,
                    // One for each path prefix: the topic keeps the newest of a key.
                    optOut ->
                            optOut.getPathPrefix() == null
                                    ? optOut.getRepository()
                                    : optOut.getRepository() + " " + optOut.getPathPrefix());

    public static final Topic<Benchmark> BENCHMARKS =
            new Topic<>(
                    "prefstream.benchmarks.v1",
                    Benchmark.class,
                    benchmark ->
                            "%s/%s/%d"
                                    .formatted(
                                            benchmark.getName(),
                                            benchmark.getVersion(),
                                            benchmark.getPart()));

    public static final Topic<CheckpointPublished> CHECKPOINTS =
            new Topic<>(
                    "prefstream.checkpoints.v1",
                    CheckpointPublished.class,
                    CheckpointPublished::getModel);

    private static final List<Topic<?>> ALL =
            List.of(
                    REPO_EVENTS,
                    CODE_SNIPPETS,
                    CANDIDATE_PAIRS,
                    PREFERENCE_PAIRS,
                    QUARANTINED_PAIRS,
                    REJECTIONS,
                    DEAD_LETTERS,
                    OPT_OUTS,
                    BENCHMARKS,
                    CHECKPOINTS);

    private Topics() {}

    /** All topics, in the order of the flow. */
    public static List<Topic<?>> all() {
        return ALL;
    }
}
