package io.prefstream.trainer.export;

import io.prefstream.schemas.Split;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is exported, and how.
 *
 * @param out the data set's folder: new or empty
 * @param layout whose columns
 * @param form strings or messages
 * @param since earliest publication of the code, inclusive; null for any
 * @param until latest publication, exclusive; null for any
 * @param languages whatever their case; none for all
 * @param minConfidence least label confidence, in [0, 1]
 * @param splits sides of the split to write, each into files of its own
 * @param maxFileBytes at which a file is closed and the next one begun
 */
public record ExportRequest(
        Path out,
        Layout layout,
        TextForm form,
        @Nullable Instant since,
        @Nullable Instant until,
        SortedSet<String> languages,
        double minConfidence,
        Set<Split> splits,
        long maxFileBytes) {

    /** What Hugging Face's libraries make a file of. */
    public static final long DEFAULT_MAX_FILE_BYTES = 500L << 20;

    /** A thousandth of a MiB. */
    private static final long LEAST_FILE_BYTES = (1 << 20) / 1_000;

    public ExportRequest {
        if (since != null && until != null && !since.isBefore(until)) {
            throw new IllegalArgumentException(
                    "--since=%s must be before --until=%s".formatted(since, until));
        }
        if (!(minConfidence >= 0 && minConfidence <= 1)) {
            throw new IllegalArgumentException(
                    "--min-confidence=%s must be in [0, 1]".formatted(minConfidence));
        }
        if (splits.isEmpty() || splits.contains(Split.UNKNOWN)) {
            throw new IllegalArgumentException("--split must be train, test or both");
        }
        if (maxFileBytes < LEAST_FILE_BYTES) {
            throw new IllegalArgumentException(
                    "--max-file-size=%s MiB must be at least 0.001 MiB"
                            .formatted(mebibytes(maxFileBytes)));
        }
        if (layout == Layout.AXOLOTL && form == TextForm.CONVERSATIONAL) {
            throw new IllegalArgumentException(
                    "--format=conversational and --layout=axolotl exclude each other: Axolotl makes"
                            + " the messages itself");
        }
        TreeSet<String> lowerCase = new TreeSet<>();
        languages.forEach(language -> lowerCase.add(language.toLowerCase(Locale.ROOT)));
        languages = Collections.unmodifiableSortedSet(lowerCase);
        splits = Set.copyOf(splits);
    }

    private static BigDecimal mebibytes(long bytes) {
        return BigDecimal.valueOf(bytes)
                .divide(BigDecimal.valueOf(1 << 20), 6, RoundingMode.FLOOR)
                .stripTrailingZeros();
    }
}
