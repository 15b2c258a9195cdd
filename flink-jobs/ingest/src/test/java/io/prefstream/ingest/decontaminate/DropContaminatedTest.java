package io.prefstream.ingest.decontaminate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.prefstream.ingest.IngestOptions;
import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.decontaminate.Fingerprints;
import io.prefstream.jobs.common.testing.BenchmarkExamples;
import io.prefstream.jobs.common.testing.BoundedRun;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.CommitChange;
import io.prefstream.schemas.Rejection;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.topics.testing.Records;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class DropContaminatedTest {

    @RegisterExtension static final MiniClusterExtension CLUSTER = TwoSlots.cluster();

    @TempDir Path folder;

    @Test
    void dropsWhatHoldsAPartOfABenchmarkNamingItemShareAndVersion() throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("foxes.jsonl"),
                        "{\"id\": \"Foxes/7\", \"text\":"
                                + " \"long count(List<Fox> foxes) { long n = 0; for (Fox f : foxes)"
                                + " if (f.isRed() && !f.isAsleep()) n++; return n; }\"}\n");
        List<Fingerprints> sets =
                IngestOptions.DECONTAMINATION.fingerprints(
                        Configuration.fromMap(
                                Map.of("ingest.decontaminate.benchmarks", file + ":text")));
        CodeSnippet clean = Records.snippet(1);
        CodeSnippet contaminated =
                CodeSnippet.newBuilder(Records.snippet(2))
                        .setText(
                                "long c(List<Fox> foxes) {\n  long n = 0; // red ones\n"
                                        + "  for (Fox f : foxes)\n    if (f.isRed()\n"
                                        + "        && !f.isAsleep()) n++;\n  return n;\n}")
                        .build();

        CodeSnippet inItsComment =
                CodeSnippet.newBuilder(Records.snippet(3))
                        .setDocComment(BenchmarkExamples.TASK)
                        .build();

        CodeSnippet onceContaminated =
                CodeSnippet.newBuilder(Records.snippet(4))
                        .setChange(change(contaminated.getText()))
                        .build();
        CodeSnippet changed =
                CodeSnippet.newBuilder(Records.snippet(5)).setChange(change("int f();")).build();

        BoundedRun run = new BoundedRun(1);
        ControlFeed<Benchmark> added =
                run.benchmarks(BenchmarkExamples.garbage(), BenchmarkExamples.foxes());
        var passed =
                run.from(
                                "snippets",
                                CodeSnippet.class,
                                List.of(
                                        clean,
                                        contaminated,
                                        inItsComment,
                                        onceContaminated,
                                        changed))
                        .connect(added.broadcast())
                        .process(
                                new DropContaminated(sets, added.known()),
                                AvroType.forRecord(CodeSnippet.class))
                        .uid("drop");
        Supplier<List<CodeSnippet>> snippets = run.keep(passed);
        Supplier<List<Rejection>> rejections = run.keep(passed.getSideOutput(Rejections.TAG));
        run.execute("contaminated");

        assertThat(sets).hasSize(3);
        assertThat(snippets.get())
                .containsExactly(
                        clean,
                        CodeSnippet.newBuilder(onceContaminated).setChange(null).build(),
                        changed);
        List<Rejection> rejected = rejections.get();
        assertThat(rejected)
                .extracting(Rejection::getReason, Rejection::getInputId)
                .containsExactly(
                        tuple("contaminated", contaminated.getId()),
                        tuple("contaminated", inItsComment.getId()));
        assertThat(rejected.get(0).getDetail())
                .startsWith("holds a part of Foxes/7 of foxes: ")
                .contains("a share of 0.", sets.get(2).version());
        assertThat(rejected.get(1).getDetail()).contains("Foxes/1 of foxes");
    }

    private static CommitChange change(String before) {
        return CommitChange.newBuilder()
                .setParent("parent")
                .setMessage("Fix it")
                .setChangedFiles(1)
                .setBefore(before)
                .build();
    }
}
