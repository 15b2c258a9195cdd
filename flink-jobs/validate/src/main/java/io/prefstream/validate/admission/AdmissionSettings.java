package io.prefstream.validate.admission;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an accepted pair depends on beside itself.
 *
 * @param quotas the shares of languages and strategies
 * @param nearDupExpiry how long a pair is remembered for near-duplicates of it, null to refuse none
 */
public record AdmissionSettings(QuotaSettings quotas, @Nullable Duration nearDupExpiry)
        implements Serializable {}
