package io.prefstream.ingest.licence;

import io.prefstream.ingest.IngestReason;
import io.prefstream.ingest.filter.Refusal;
import java.io.Serializable;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which licences code may be under.
 *
 * <p>Of a choice one side is enough, of licences that bind together each one counts, and an
 * exception is as good as the licence it is from, unless the list names both together.
 *
 * @param allowed SPDX identifiers, or identifiers {@code WITH} an exception
 * @param acceptUnknown whether code passes about whose licence nothing was found
 */
public record LicencePolicy(Set<String> allowed, boolean acceptUnknown) implements Serializable {

    public LicencePolicy {
        allowed = Set.copyOf(allowed);
    }

    /** Why a file isn't taken; empty if it is. */
    public Optional<Refusal> refuse(@Nullable LicenceFinding finding) {
        if (finding == null) {
            return acceptUnknown
                    ? Optional.empty()
                    : Optional.of(
                            new Refusal(
                                    IngestReason.LICENCE_UNKNOWN,
                                    "no licence found in its header, above it or in the package's"
                                            + " metadata, and %s=reject"
                                                    .formatted(LicenceOptions.UNKNOWN.key())));
        }
        return SpdxExpression.parse(finding.spdxId()).filter(this::permits).isPresent()
                ? Optional.empty()
                : Optional.of(
                        new Refusal(
                                IngestReason.LICENCE_NOT_ALLOWED,
                                "%s (by %s) isn't permitted by %s"
                                        .formatted(
                                                finding.spdxId(),
                                                finding.evidence(),
                                                LicenceOptions.ALLOWED.key())));
    }

    private boolean permits(SpdxExpression licence) {
        Set<String> lower = new HashSet<>();
        allowed.forEach(id -> lower.add(id.toLowerCase(Locale.ROOT)));
        return licence.permitted(id -> lower.contains(id.toLowerCase(Locale.ROOT)));
    }
}
