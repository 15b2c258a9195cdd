package io.prefstream.local;

import io.prefstream.ingest.IngestJob;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.synthesize.SynthesizeJob;
import io.prefstream.validate.ValidateJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.flink.configuration.Configuration;

/** A job of the pipeline: its options and how it is built. */
record LocalJob(String name, JobOptions options, EmbeddedFlink.JobBuilder builder) {

    /** All of them, the last of the flow first: that is the order to start them in. */
    static List<LocalJob> all() {
        return List.of(
                new LocalJob("validate", ValidateJob.options(), ValidateJob::build),
                new LocalJob("synthesize", SynthesizeJob.options(), SynthesizeJob::build),
                ingest());
    }

    static LocalJob ingest() {
        return new LocalJob("ingest", IngestJob.options(), IngestJob::build);
    }

    /**
     * Checks options that are meant for jobs.
     *
     * @throws BadUsageException if no job knows a key, or a value cannot be read
     */
    static void checkConfig(Map<String, String> config) {
        TreeSet<String> known = new TreeSet<>();
        for (LocalJob job : all()) {
            job.options().all().forEach(option -> known.add(option.key()));
        }
        for (String key : config.keySet()) {
            if (!known.contains(key)) {
                throw new BadUsageException("--config %s: no job has this option".formatted(key));
            }
        }
        for (LocalJob job : all()) {
            try {
                job.configuration(config);
            } catch (UsageException e) {
                throw new BadUsageException("--config: " + Failures.oneLine(e));
            }
        }
    }

    /**
     * Those of the settings that this job knows.
     *
     * @throws UsageException if a value cannot be read
     */
    Configuration configuration(Map<String, String> settings) {
        List<String> arguments = new ArrayList<>();
        for (var option : options.all()) {
            String value = settings.get(option.key());
            if (value != null) {
                arguments.add("--" + option.key() + "=" + value);
            }
        }
        return options.parse(arguments.toArray(String[]::new));
    }
}
