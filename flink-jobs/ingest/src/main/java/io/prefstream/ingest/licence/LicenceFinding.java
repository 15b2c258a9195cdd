package io.prefstream.ingest.licence;

/**
 * A licence and what says so.
 *
 * @param spdxId SPDX expression, such as {@code Apache-2.0} or {@code MIT OR Apache-2.0}
 * @param evidence {@code spdx-header}, {@code header}, {@code file:LICENSE} with the path, or
 *     {@code metadata}, which may name the file that says so
 */
public record LicenceFinding(String spdxId, String evidence) {

    /** An identifier in the header. */
    static final String SPDX_HEADER = "spdx-header";

    /** A licence's own words in the header. */
    static final String HEADER = "header";

    /** What the publisher states about the package. */
    static final String METADATA = "metadata";

    static LicenceFinding of(SpdxExpression licence, String evidence) {
        return new LicenceFinding(licence.toString(), evidence);
    }
}
