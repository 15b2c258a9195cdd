package io.prefstream.validate.bias;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * What is known of a group in a window so far.
 *
 * @param group {@code all}, {@code language:java}, {@code licence:MIT}, {@code strategy:mutation}
 * @param start of the window, inclusive
 * @param end of the window, exclusive
 * @param raised features that are found to give the label away with this report, and were not with
 *     an earlier one of the same window
 */
public record BiasReport(
        String group, Instant start, Instant end, BiasTally tally, List<String> raised) {

    static final TypeInformation<BiasReport> TYPE =
            Types.POJO(
                    BiasReport.class,
                    Map.of(
                            "group", Types.STRING,
                            "start", Types.INSTANT,
                            "end", Types.INSTANT,
                            "tally", BiasSample.TALLY_TYPE,
                            "raised", Types.LIST(Types.STRING)));
}
