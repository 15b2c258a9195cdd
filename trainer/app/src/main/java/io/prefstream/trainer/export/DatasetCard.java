package io.prefstream.trainer.export;

import io.prefstream.schemas.Split;
import io.prefstream.schemas.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The README.md of a data set, by Hugging Face's form of a dataset card: YAML that says where the
 * files of each split are, then text for people. It says nothing of when it was written, so that
 * the same log and request give the same card.
 *
 * @param ends the offset behind the last record read by partition
 * @param bytes of all Parquet files
 */
record DatasetCard(
        ExportRequest request,
        ExportReport report,
        Census census,
        SortedMap<Integer, Long> ends,
        long bytes) {

    /** SPDX ids that the Hub's list of licences has too, in lower case. */
    private static final Set<String> HUB_LICENCES =
            Set.of(
                    "apache-2.0",
                    "mit",
                    "bsd-2-clause",
                    "bsd-3-clause",
                    "isc",
                    "zlib",
                    "unlicense",
                    "cc0-1.0",
                    "cc-by-4.0",
                    "bsl-1.0",
                    "mpl-2.0",
                    "epl-1.0",
                    "epl-2.0",
                    "lgpl-2.1",
                    "lgpl-3.0",
                    "gpl-2.0",
                    "gpl-3.0",
                    "agpl-3.0",
                    "ncsa",
                    "postgresql",
                    "wtfpl");

    /** What the pipeline's strategies mean by better. */
    private static final Map<String, String> STRATEGIES =
            Map.of(
                    "mutation",
                    "chosen is a published function, rejected the same after seeded edits",
                    "model-gap",
                    "chosen was written by a strong model, rejected by a weak one",
                    "source-vs-model",
                    "chosen is a published function, rejected a weak model's answer",
                    "critic",
                    "chosen is what a critic made of a weak model's answer, rejected that answer",
                    "commit",
                    "chosen is a published function behind a fix, rejected the same before it",
                    "self-contrast",
                    "of several answers of one model a preference model liked chosen best and"
                            + " rejected least");

    /** The file's text. */
    String text() {
        return frontMatter() + body();
    }

    private String frontMatter() {
        StringBuilder yaml = new StringBuilder("---\n");
        yaml.append("pretty_name: Code preference pairs\n");
        yaml.append("language:\n- code\n");
        yaml.append("license:\n");
        hubLicences().forEach(id -> yaml.append("- ").append(id).append('\n'));
        yaml.append("task_categories:\n- text-classification\n");
        yaml.append("tags:\n- preference\n- reward-model\n- code\n- prefstream\n");
        yaml.append("size_categories:\n- ").append(sizeCategory(report.written())).append('\n');
        yaml.append("configs:\n- config_name: default\n  data_files:\n");
        for (String split : splits()) {
            yaml.append("  - split: %s\n    path: data/%s-*\n".formatted(split, split));
        }
        yaml.append("dataset_info:\n  splits:\n");
        for (String split : splits()) {
            yaml.append("  - name: %s\n".formatted(split));
            yaml.append("    num_examples: %d\n".formatted(report.pairs().get(split)));
        }
        yaml.append("  download_size: %d\n---\n\n".formatted(bytes));
        return yaml.toString();
    }

    private String body() {
        return """
        # Code preference pairs

        %,d pairs of code, each two answers to one instruction of which the first is believed to be better. Made by
        prefstream, continuously, from newly published open-source code, after [CodePMP](https://arxiv.org/abs/2410.02229).

        Layout `%s`, %s texts. Code published %s. %s

        ## Pairs

        %s
        %s
        %s
        %s
        %s
        ## Columns

        %s
        ## How the labels came about

        Nobody compared the two sides by hand. By strategy:

        %s
        Every pair passed the checks of prefstream's validate stage. `confidence` is its estimate that chosen is really better (least here: %s): a
        prior of the strategy, raised or lowered by what tests of both sides and the preference model of that time (`model_margin`) said, where they
        were asked. `test` holds whole repositories (or files, as the pipeline was set) of which `train` has no pair.

        ## Limits

        - A label is as good as its strategy: a mutation may leave code as good as it was, and a stronger model may be wrong.
        - Licences were found by machine (`license_evidence` says in what); the texts stay under the licences of their repositories.
        - Opt-outs that were known when this was written are obeyed. Later ones are not: export again.
        - Test sets of known benchmarks are dropped by the pipeline as far as it was told of them.

        ## Where it comes from

        Topic `%s`, %s. Of %,d records %s.
        """
                .formatted(
                        report.written(),
                        request.layout().word(),
                        request.form().word(),
                        census.published(),
                        asked(),
                        table("split", report.pairs()),
                        table("language", census.languages()),
                        table("license", census.licences()),
                        table("strategy", census.strategies()),
                        table("chosen over rejected", census.generators()),
                        columns(),
                        strategies(),
                        census.leastConfidence(),
                        Topics.PREFERENCE_PAIRS.name(),
                        positions(),
                        report.records(),
                        report.leftOut());
    }

    /** What the request keeps out, in one sentence. */
    private String asked() {
        List<String> bounds = new ArrayList<>();
        if (request.since() != null) {
            bounds.add("published since " + request.since());
        }
        if (request.until() != null) {
            bounds.add("published before " + request.until());
        }
        if (!request.languages().isEmpty()) {
            bounds.add("in " + String.join(" or ", request.languages()));
        }
        if (request.minConfidence() > 0) {
            bounds.add("of a confidence of at least " + request.minConfidence());
        }
        if (request.splits().size() == 1) {
            bounds.add("of split " + DatasetExport.word(request.splits().iterator().next()));
        }
        return bounds.isEmpty()
                ? "All pairs were asked for."
                : "Asked for were pairs %s.".formatted(String.join(", ", bounds));
    }

    private String strategies() {
        StringBuilder list = new StringBuilder();
        for (String strategy : census.strategies().keySet()) {
            list.append(
                    "- `%s`: %s\n"
                            .formatted(
                                    strategy,
                                    STRATEGIES.getOrDefault(strategy, "not described here")));
        }
        return list.toString();
    }

    private String columns() {
        StringBuilder table = new StringBuilder("| column | holds |\n|---|---|\n");
        for (Column column : Columns.of(request.layout(), request.form())) {
            table.append("| `%s` | %s |\n".formatted(column.name(), column.says()));
        }
        return table.toString();
    }

    private String positions() {
        return ends.entrySet().stream()
                .map(end -> "partition %d below offset %,d".formatted(end.getKey(), end.getValue()))
                .collect(Collectors.joining(", "));
    }

    private List<String> splits() {
        return Stream.of(Split.TRAIN, Split.HOLDOUT)
                .map(DatasetExport::word)
                .filter(report.pairs()::containsKey)
                .toList();
    }

    private Collection<String> hubLicences() {
        TreeSet<String> ids = new TreeSet<>();
        for (String licence : census.licences().keySet()) {
            String id = licence.toLowerCase(Locale.ROOT).replaceFirst("-(only|or-later)$", "");
            if (licence.equals(Census.NO_LICENCE)) {
                ids.add("unknown");
            } else {
                ids.add(HUB_LICENCES.contains(id) ? id : "other");
            }
        }
        return ids;
    }

    private static String table(String title, Map<String, Long> counts) {
        StringBuilder table = new StringBuilder("| %s | pairs |\n|---|---|\n".formatted(title));
        counts.forEach(
                (name, count) ->
                        table.append("| %s | %,d |\n".formatted(name.replace("|", "\\|"), count)));
        return table.toString();
    }

    /** Hugging Face's classes of size: decades from 1K, the last one open. */
    static String sizeCategory(long pairs) {
        String[] marks = {"1K", "10K", "100K", "1M", "10M", "100M", "1B"};
        long limit = 1_000;
        if (pairs < limit) {
            return "n<1K";
        }
        for (int i = 0; i + 1 < marks.length; i++) {
            limit *= 10;
            if (pairs < limit) {
                return marks[i] + "<n<" + marks[i + 1];
            }
        }
        return "n>1B";
    }
}
