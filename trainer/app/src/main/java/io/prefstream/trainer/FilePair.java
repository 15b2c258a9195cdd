package io.prefstream.trainer;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.Licence;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.Split;
import io.prefstream.trainer.pairs.Comparison;
import io.prefstream.trainer.pairs.Row;
import io.prefstream.trainer.pairs.WrongRowException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a pair of a file's row, with what the columns of {@code export dataset} say of it.
 *
 * @param holdoutShare of the pairs that judge only, where a row doesn't say on which side it is
 * @param holdoutBy what decides it
 */
public record FilePair(double holdoutShare, SourceConfig.HoldoutBy holdoutBy) {

    static final Instant UNKNOWN_TIME = Instant.EPOCH;
    private static final String PRODUCER = "file/1";

    /** Who made what a file doesn't say. */
    private static final String FILE = "file";

    /**
     * What a row says.
     *
     * @param read the same row's texts
     * @param prompt of them, as the model reads it
     * @throws WrongRowException if a column isn't as it should be
     */
    PreferencePair of(Row row, Comparison read, String prompt) {
        String chosen = read.chosen().get(0);
        String rejected = read.rejected().get(0);
        String id = row.value("pair_id", row.value("id", ContentId.of(prompt, chosen, rejected)));
        Instant publishedAt = row.time("published_at");
        CandidatePair candidate =
                candidate(
                                id,
                                prompt,
                                response(row, "chosen", chosen),
                                response(row, "rejected", rejected))
                        .setRepository(row.value("repository", FILE))
                        .setRevision(row.value("revision", ""))
                        .setPath(row.value("path", id))
                        .setLanguage(row.value("language", "unknown"))
                        .setLicence(licence(row))
                        .setInstructionSource(row.value("instruction_source", FILE))
                        .setStrategy(row.value("strategy", FILE))
                        .setPublishedAt(publishedAt == null ? UNKNOWN_TIME : publishedAt)
                        .build();
        return PreferencePair.newBuilder(preference(candidate, split(read, candidate)))
                .setConfidence(confidence(row))
                .setAspects(row.texts("aspects"))
                .setMargin(row.number("model_margin"))
                .setMarginModel(row.value("margin_model"))
                .setPublishedAt(candidate.getPublishedAt())
                .setProducer(row.value("producer", PRODUCER))
                .build();
    }

    private static @Nullable Licence licence(Row row) {
        String licence = row.value("license", row.value("licence", ""));
        return licence.isEmpty()
                ? null
                : Licence.newBuilder()
                        .setSpdxId(licence)
                        .setEvidence(row.value("license_evidence", FILE))
                        .build();
    }

    private static double confidence(Row row) {
        Double confidence = row.number("confidence");
        if (confidence == null) {
            return 1;
        }
        if (!(confidence >= 0 && confidence <= 1)) {
            throw row.wrong("confidence=%s must be from 0 to 1".formatted(confidence));
        }
        return confidence;
    }

    private static Response response(Row row, String side, String text) {
        return Response.newBuilder(response(text))
                .setGenerator(row.value(side + "_generator", FILE))
                .setModelRevision(row.value(side + "_revision"))
                .build();
    }

    /** A pair of which nothing is known but its texts. */
    public static PreferencePair plain(String id, String prompt, String chosen, String rejected) {
        return preference(
                candidate(id, prompt, response(chosen), response(rejected)).build(), Split.TRAIN);
    }

    private static CandidatePair.Builder candidate(
            String id, String prompt, Response chosen, Response rejected) {
        return CandidatePair.newBuilder()
                .setId(id)
                .setSnippetId(id)
                .setRepository(FILE)
                .setRevision("")
                .setPath(id)
                .setLanguage("unknown")
                .setInstruction(prompt)
                .setInstructionSource(FILE)
                .setChosen(chosen)
                .setRejected(rejected)
                .setStrategy(FILE)
                .setPublishedAt(UNKNOWN_TIME)
                .setProducer(PRODUCER);
    }

    private static PreferencePair preference(CandidatePair candidate, Split split) {
        return PreferencePair.newBuilder()
                .setId(candidate.getId())
                .setCandidate(candidate)
                .setChecks(List.of())
                .setConfidence(1.0)
                .setSplit(split)
                .setPublishedAt(UNKNOWN_TIME)
                .setProducer(PRODUCER)
                .build();
    }

    private Split split(Comparison row, CandidatePair pair) {
        if (row.heldOut() != null) {
            return row.heldOut() ? Split.HOLDOUT : Split.TRAIN;
        }
        double fraction =
                switch (holdoutBy) {
                    case REPOSITORY -> ContentId.fraction("holdout", pair.getRepository());
                    case PATH ->
                            ContentId.fraction("holdout", pair.getRepository(), pair.getPath());
                    case PAIR -> ContentId.fraction("holdout", pair.getId());
                };
        return fraction < holdoutShare ? Split.HOLDOUT : Split.TRAIN;
    }

    private static Response response(String text) {
        return Response.newBuilder()
                .setText(text)
                .setGenerator(FILE)
                .setFinishReason(FinishReason.UNKNOWN)
                .build();
    }
}
