package io.prefstream.ingest.licence;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options that say under which licences code is taken. */
public final class LicenceOptions {

    /** What becomes of code without a licence. */
    public enum Unknown {
        ACCEPT,
        REJECT
    }

    public static final ConfigOption<List<String>> ALLOWED =
            ConfigOptions.key("ingest.licence.allowed")
                    .stringType()
                    .asList()
                    .defaultValues(
                            "MIT",
                            "MIT-0",
                            "Apache-2.0",
                            "BSD-2-Clause",
                            "BSD-2-Clause-Patent",
                            "BSD-2-Clause-Views",
                            "BSD-3-Clause",
                            "BSD-3-Clause-Clear",
                            "BSD-3-Clause-LBNL",
                            "BSD-Source-Code",
                            "0BSD",
                            "ISC",
                            "Zlib",
                            "zlib-acknowledgement",
                            "Libpng",
                            "libpng-2.0",
                            "BSL-1.0",
                            "Unlicense",
                            "CC0-1.0",
                            "WTFPL",
                            "PSF-2.0",
                            "Python-2.0",
                            "Python-2.0.1",
                            "BlueOak-1.0.0",
                            "NCSA",
                            "X11",
                            "MIT-CMU",
                            "MIT-feh",
                            "MIT-Modern-Variant",
                            "HPND",
                            "HPND-sell-variant",
                            "curl",
                            "ICU",
                            "Unicode-3.0",
                            "Unicode-DFS-2015",
                            "Unicode-DFS-2016",
                            "PostgreSQL",
                            "UPL-1.0",
                            "AFL-3.0",
                            "ECL-2.0",
                            "MulanPSL-2.0",
                            "Artistic-2.0",
                            "W3C",
                            "W3C-20150513",
                            "NTP",
                            "Fair",
                            "FSFAP",
                            "bzip2-1.0.6",
                            "Info-ZIP",
                            "IJG",
                            "TCL",
                            "SMLNJ",
                            "Xnet",
                            "EUDatagrid")
                    .withDescription(
                            "Licences under which code is taken, as SPDX identifiers; by default"
                                    + " the permissive ones.");

    public static final ConfigOption<Unknown> UNKNOWN =
            ConfigOptions.key("ingest.licence.unknown")
                    .enumType(Unknown.class)
                    .defaultValue(Unknown.REJECT)
                    .withDescription(
                            "Whether code is taken about whose licence nothing is found: accept or"
                                    + " reject.");

    private LicenceOptions() {}

    public static List<ConfigOption<?>> all() {
        return List.of(ALLOWED, UNKNOWN);
    }

    /**
     * The policy that the options describe.
     *
     * @throws UsageException if a name isn't on SPDX's list
     */
    public static LicencePolicy policy(Configuration config) {
        Set<String> allowed = new HashSet<>();
        for (String name : JobOptions.values(config, ALLOWED)) {
            allowed.add(
                    SpdxExpression.parse(name)
                            .filter(
                                    licence ->
                                            licence instanceof SpdxExpression.Id
                                                    || licence instanceof SpdxExpression.With)
                            .orElseThrow(
                                    () ->
                                            new UsageException(
                                                    "option --%s cannot be '%s': no licence of"
                                                                    .formatted(ALLOWED.key(), name)
                                                            + " SPDX's list "
                                                            + SpdxList.get().version()
                                                            + "; own ones begin with LicenseRef-"))
                            .toString());
        }
        return new LicencePolicy(allowed, config.get(UNKNOWN) == Unknown.ACCEPT);
    }
}
