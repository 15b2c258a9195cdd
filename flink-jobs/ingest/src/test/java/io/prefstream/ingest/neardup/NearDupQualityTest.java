package io.prefstream.ingest.neardup;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.ingest.testing.RealCode;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class NearDupQualityTest {

    @Test
    void findsCopiesOfRealCodeAndLittleElse() throws Exception {
        List<String> functions = RealCode.distinct(List.of(RealCode.OWN_SOURCES));
        assertThat(functions).hasSizeGreaterThan(500);

        NearDupQuality.Report report =
                new NearDupQuality(NearDupOptions.settings(new Configuration()))
                        .measure(functions, 1);

        assertThat(report.all80().planted()).isGreaterThan(500);
        assertThat(report.all80().share()).isGreaterThanOrEqualTo(0.9);
        assertThat(report.recallAt80())
                .allSatisfy(
                        (edit, recall) ->
                                assertThat(recall.share()).as(edit.name()).isGreaterThan(0.9));
        assertThat(report.pairs()).isGreaterThan(500);
        assertThat(report.precision()).isGreaterThanOrEqualTo(0.95);
    }
}
