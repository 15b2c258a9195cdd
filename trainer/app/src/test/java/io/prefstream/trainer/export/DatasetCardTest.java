package io.prefstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.prefstream.schemas.Licence;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetCardTest {

    @Test
    void itsBeginSaysWhereTheFilesOfEachSplitAre() throws IOException {
        JsonNode yaml = frontMatter(card(List.of(Pairs.pair("a"), Pairs.pair("b"))));

        assertThat(yaml.at("/configs/0/config_name").asText()).isEqualTo("default");
        assertThat(yaml.at("/configs/0/data_files"))
                .extracting(file -> file.path("split").asText() + " " + file.path("path").asText())
                .containsExactly("train data/train-*", "test data/test-*");
        assertThat(yaml.at("/dataset_info/splits"))
                .extracting(
                        one -> one.path("name").asText() + " " + one.path("num_examples").asLong())
                .containsExactly("train 1900", "test 100");
        assertThat(yaml.at("/dataset_info/download_size").asLong()).isEqualTo(12_345);
        assertThat(yaml.path("size_categories"))
                .extracting(JsonNode::asText)
                .containsExactly("1K<n<10K");
    }

    @Test
    void licencesThatTheHubDoesNotListAreOther() throws IOException {
        JsonNode yaml =
                frontMatter(
                        card(
                                List.of(
                                        licensed("MIT"),
                                        licensed("LGPL-2.1-or-later"),
                                        licensed("Apache-2.0 OR MIT"),
                                        licensed(null))));

        assertThat(yaml.path("license"))
                .extracting(JsonNode::asText)
                .containsExactly("lgpl-2.1", "mit", "other", "unknown");
    }

    @Test
    void itsTablesCountWhatIsInside() {
        PreferencePair model =
                Pairs.of(
                        Pairs.candidate("c")
                                .setLanguage("python")
                                .setStrategy("model-gap")
                                .setChosen(Pairs.response("x", "strong", "r1"))
                                .setRejected(Pairs.response("y", "weak|er", null))
                                .build());
        PreferencePair late = Pairs.published("d", Pairs.SECOND_OF_MAY);

        String text = card(List.of(Pairs.pair("a"), Pairs.confident("b", 0.5), model, late));

        assertThat(text)
                .contains(
                        "| java | 3 |",
                        "| python | 1 |",
                        "| Apache-2.0 | 4 |",
                        "| mutation | 3 |",
                        "| model-gap | 1 |",
                        "| published over mutation | 3 |",
                        "| strong@r1 over weak\\|er | 1 |",
                        "| train | 1,900 |",
                        "published 2026-05-01T00:00:00Z to 2026-05-02T00:00:00Z",
                        "All pairs were asked for.",
                        "- `mutation`: chosen is a published function",
                        "(least here: 0.5)",
                        "partition 0 below offset 1,500, partition 1 below offset 700",
                        "Of 2,200 records left out: superseded 150, undecodable 10, opted-out 40.",
                        "| `pair_id` |");
    }

    @ParameterizedTest
    @CsvSource({
        "999, n<1K",
        "1000, 1K<n<10K",
        "9999, 1K<n<10K",
        "10000, 10K<n<100K",
        "28000000, 10M<n<100M",
        "999999999, 100M<n<1B",
        "1000000000, n>1B"
    })
    void sizesAreTheHubsClasses(long pairs, String category) {
        assertThat(DatasetCard.sizeCategory(pairs)).isEqualTo(category);
    }

    private static PreferencePair licensed(String spdx) {
        return Pairs.of(
                Pairs.candidate("x")
                        .setLicence(
                                spdx == null
                                        ? null
                                        : Licence.newBuilder()
                                                .setSpdxId(spdx)
                                                .setEvidence("header")
                                                .build())
                        .build());
    }

    private static JsonNode frontMatter(String card) throws IOException {
        String[] parts = card.split("(?m)^---$", 3);
        assertThat(parts[0]).isEmpty();
        return new YAMLMapper().readTree(parts[1]);
    }

    private static String card(List<PreferencePair> pairs) {
        Census census = new Census();
        pairs.forEach(census::add);
        ExportRequest request =
                new ExportRequest(
                        Path.of("out"),
                        Layout.TRL,
                        TextForm.STANDARD,
                        null,
                        null,
                        new TreeSet<>(),
                        0,
                        Set.of(Split.TRAIN, Split.HOLDOUT),
                        ExportRequest.DEFAULT_MAX_FILE_BYTES);
        ExportReport report =
                new ExportReport(
                        request.out(),
                        2_200,
                        10,
                        150,
                        new TreeMap<>(Map.of(Omission.OPTED_OUT, 40L)),
                        new TreeMap<>(Map.of("train", 1_900L, "test", 100L)),
                        new TreeMap<>(Map.of("train", 1, "test", 1)));
        return new DatasetCard(
                        request, report, census, new TreeMap<>(Map.of(0, 1_500L, 1, 700L)), 12_345)
                .text();
    }
}
