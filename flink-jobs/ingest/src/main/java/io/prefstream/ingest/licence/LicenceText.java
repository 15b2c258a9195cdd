package io.prefstream.ingest.licence;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a text says about a licence: a header comment or a licence file. */
public final class LicenceText {

    private static final Pattern SPDX_TAG =
            Pattern.compile("SPDX-License-Identifier:[ \\t]*([^\\r\\n]{1,500})");

    /** What closes a comment after an identifier. */
    private static final Pattern CLOSING =
            Pattern.compile("[ \\t]*(\\*+/|-->|\\*\\)|-}|\"\"\"|''').*");

    /** Words that take back what the licence around them gives. */
    private static final Pattern RESERVED =
            Pattern.compile(
                    "proprietary and confidential|confidential and proprietary"
                            + "|unauthori[sz]ed copying of this file|commons clause",
                    Pattern.CASE_INSENSITIVE);

    private static final SpdxExpression PROPRIETARY =
            new SpdxExpression.Id("LicenseRef-Proprietary");

    private LicenceText() {}

    /** What a file's first comment says about its licence. */
    public static Optional<LicenceFinding> inHeader(String text) {
        String header = HeaderComment.of(text);
        if (header.length() < 8) {
            return Optional.empty();
        }
        Optional<SpdxExpression> tagged = tagged(header);
        return tagged.isPresent()
                ? tagged.map(licence -> LicenceFinding.of(licence, LicenceFinding.SPDX_HEADER))
                : inWords(header).map(licence -> LicenceFinding.of(licence, LicenceFinding.HEADER));
    }

    /** The licence that a licence file holds or names. */
    static Optional<SpdxExpression> of(String text) {
        Optional<SpdxExpression> said = inWords(text).or(() -> tagged(text));
        return said.isPresent() || text.length() > 200
                ? said
                : LicenceNames.get().named(text.strip());
    }

    /** Several identifiers bind together; one that isn't SPDX's makes all of them unknown. */
    private static Optional<SpdxExpression> tagged(String text) {
        List<SpdxExpression> licences = new ArrayList<>();
        Matcher tag = SPDX_TAG.matcher(text);
        while (tag.find()) {
            Optional<SpdxExpression> licence =
                    SpdxExpression.parse(CLOSING.matcher(tag.group(1)).replaceFirst("").strip());
            if (licence.isEmpty()) {
                return Optional.empty();
            }
            licences.add(licence.get());
        }
        return licences.isEmpty() ? Optional.empty() : Optional.of(SpdxExpression.and(licences));
    }

    private static Optional<SpdxExpression> inWords(String text) {
        List<SpdxExpression> licences = new ArrayList<>(LicenceTexts.get().in(text));
        if (licences.isEmpty()) {
            LicenceNames.get().inNotice(text).ifPresent(licences::add);
        }
        if (RESERVED.matcher(text).find()) {
            licences.add(PROPRIETARY);
        }
        return licences.isEmpty() ? Optional.empty() : Optional.of(SpdxExpression.and(licences));
    }
}
