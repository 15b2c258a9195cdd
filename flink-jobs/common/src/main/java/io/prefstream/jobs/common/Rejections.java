package io.prefstream.jobs.common;

import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.RulesVersion;
import io.prefstream.topics.flink.AvroType;
import java.io.Serializable;
import java.time.Instant;
import java.util.Objects;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Builds the {@link Rejection} records of one stage.
 *
 * <p>The id is a function of stage, unit, reason and input id, and nothing in the record depends on
 * a clock: what is issued again after a failure is the same record.
 */
public final class Rejections implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Longest sample of a dropped text, in UTF-16 units: enough to recognise it. */
    static final int MAX_SAMPLE = 400;

    /** Longest detail, in UTF-16 units: a stack of causes must not flood the topic. */
    static final int MAX_DETAIL = 1_000;

    /** The side output of every operator that drops something. */
    public static final OutputTag<Rejection> TAG =
            new OutputTag<>("rejections", AvroType.forRecord(Rejection.class));

    private final String stage;
    private final String producer;

    /**
     * @param stage the stage's name, such as {@code ingest}
     * @param producer name and version of what drops, such as {@code ingest/1}
     */
    public Rejections(String stage, String producer) {
        this.stage = Objects.requireNonNull(stage, "stage");
        this.producer = Objects.requireNonNull(producer, "producer");
    }

    /**
     * The record of one drop.
     *
     * @param unit what was dropped: {@code event}, {@code file}, {@code function}, …
     * @param inputId id of what was dropped, unique within the unit
     * @param detail value, limit and option in words; line breaks become spaces
     * @param sample the dropped text, of which the beginning is kept
     * @param publishedAt event time of the source
     */
    public Rejection of(
            String unit,
            Reason reason,
            String inputId,
            @Nullable String repository,
            String detail,
            @Nullable String sample,
            Instant publishedAt) {
        return Rejection.newBuilder()
                .setId(ContentId.of(stage, unit, reason.code(), inputId))
                .setStage(stage)
                .setUnit(unit)
                .setReason(reason.code())
                .setInputId(inputId)
                .setRepository(repository)
                .setDetail(beginning(oneLine(detail), MAX_DETAIL))
                .setSample(sample == null ? null : beginning(sample, MAX_SAMPLE))
                .setPublishedAt(publishedAt)
                .setProducer(producer)
                .build();
    }

    /**
     * A rejection by certain rules; those of the first version keep their id, others' are records
     * of their own.
     */
    public static Rejection underRules(Rejection rejection, int rulesVersion) {
        Rejection.Builder ruled = Rejection.newBuilder(rejection).setRulesVersion(rulesVersion);
        if (rulesVersion > RulesVersion.FIRST) {
            ruled.setId(
                    ContentId.of(
                            rejection.getStage(),
                            rejection.getUnit(),
                            rejection.getReason(),
                            rejection.getInputId(),
                            Integer.toString(rulesVersion)));
        }
        return ruled.build();
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ").strip();
    }

    /** The first units of a text; never half of a surrogate pair, which UTF-8 cannot carry. */
    private static String beginning(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
        return text.substring(0, end);
    }
}
