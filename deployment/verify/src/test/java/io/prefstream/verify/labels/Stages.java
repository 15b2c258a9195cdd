package io.prefstream.verify.labels;

import io.prefstream.ingest.IngestJob;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.jobs.common.testing.BoundedRun;
import io.prefstream.jobs.generators.testing.TinyModels;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.RepoEvent;
import io.prefstream.synthesize.SynthesizeJob;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.validate.ValidateJob;
import io.prefstream.validate.ValidateOptions;
import io.prefstream.validate.ValidatePipeline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.types.Either;

/** The three stages as their jobs wire them, from records to records, with options by key. */
final class Stages {

    /** Beside the jobs' options: a preference model's folder that validation asks for margins. */
    static final String RELEASE = "release";

    private final Map<String, String> options;

    /** What a stage makes of its input. */
    record Result<T>(List<T> records, List<Rejection> rejections) {}

    Stages(Map<String, String> options) {
        this.options = Map.copyOf(options);
    }

    /** The functions of what was published. */
    Result<CodeSnippet> ingest(List<RepoEvent> events) throws Exception {
        // With options, as a history's state is too large for checkpoints in memory.
        BoundedRun run = new BoundedRun(1, configuration(IngestJob.options(), Map.of()));
        StageOutputs<CodeSnippet> outputs =
                IngestJob.pipeline(configuration(IngestJob.options(), Map.of()))
                        .apply(
                                run.from("events", RepoEvent.class, events),
                                run.optOuts(),
                                run.benchmarks(),
                                run.from("dead-letters", DeadLetter.class, List.of()));
        var snippets = run.keep(outputs.records());
        var rejections = run.keep(outputs.rejections());
        run.execute("ingest");
        return new Result<>(snippets.get(), rejections.get());
    }

    /**
     * What one strategy makes of functions.
     *
     * @param share key of the strategy's share; the other strategies have none
     */
    Result<CandidatePair> synthesize(List<CodeSnippet> functions, String share) throws Exception {
        Map<String, String> shares = new HashMap<>();
        shares().forEach(each -> shares.put(each, "0"));
        shares.put(share, "1");
        BoundedRun run = new BoundedRun(1);
        StageOutputs<CandidatePair> outputs =
                SynthesizeJob.pipeline(configuration(SynthesizeJob.options(), shares))
                        .apply(
                                run.from("snippets", CodeSnippet.class, functions),
                                run.optOuts(),
                                run.from("dead-letters", DeadLetter.class, List.of()));
        var candidates = run.keep(outputs.records());
        var rejections = run.keep(outputs.rejections());
        run.execute("synthesize");
        return new Result<>(candidates.get(), rejections.get());
    }

    /** What validation makes of candidates. */
    Result<PreferencePair> validate(List<CandidatePair> candidates) throws Exception {
        BoundedRun run = new BoundedRun(1);
        ValidatePipeline.Outputs outputs =
                ValidatePipeline.build(
                        run.from("candidates", CandidatePair.class, candidates),
                        run.checkpoints(release()),
                        run.optOuts(),
                        run.benchmarks(),
                        ValidateOptions.settings(configuration(ValidateJob.options(), Map.of())));
        var pairs =
                run.keep(
                        outputs.pairs()
                                .map(Either::left)
                                .returns(AvroType.forRecord(PreferencePair.class))
                                .uid("left"));
        var rejections = run.keep(outputs.rejections());
        run.execute("validate");
        return new Result<>(pairs.get(), rejections.get());
    }

    /** What is announced to validation: the folder of the options, if there is one. */
    private CheckpointPublished[] release() throws Exception {
        String folder = options.get(RELEASE);
        return folder == null
                ? new CheckpointPublished[0]
                : new CheckpointPublished[] {
                    TinyModels.published("preference-model", Path.of(folder), 1)
                };
    }

    /** The keys of all strategies' shares, as the job declares them. */
    static List<String> shares() {
        return SynthesizeJob.options().all().stream()
                .map(option -> option.key())
                .filter(key -> key.matches("synthesize\\.[a-z-]+\\.share"))
                .toList();
    }

    /** The options that are the job's. */
    private Configuration configuration(JobOptions job, Map<String, String> more) {
        List<String> arguments = new ArrayList<>();
        List<String> keys = job.all().stream().map(option -> option.key()).toList();
        for (Map<String, String> some : List.of(options, more)) {
            some.forEach(
                    (key, value) -> {
                        if (keys.contains(key)) {
                            arguments.add("--" + key + "=" + value);
                        }
                    });
        }
        return job.parse(arguments.toArray(String[]::new));
    }
}
