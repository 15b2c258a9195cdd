package io.prefstream.trainer.export;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.Licence;
import io.prefstream.schemas.PromptText;
import io.prefstream.trainer.export.Column.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a data set: the texts as a layout wants them, then where each pair comes from.
 *
 * <p>None of the latter is called {@code margin}: TRL and OpenRLHF subtract a column of that name
 * from the difference of the rewards.
 */
public final class Columns {

    private static final List<Column> PROVENANCE =
            List.of(
                    text("pair_id", "SHA-256 of instruction, chosen and rejected", LoggedPair::id),
                    text(
                            "repository",
                            "canonical name of the repository",
                            of(CandidatePair::getRepository)),
                    text("revision", "commit or version", of(CandidatePair::getRevision)),
                    text("path", "path of the file in it", of(CandidatePair::getPath)),
                    optional(
                            "license",
                            "SPDX expression of the code, null where none was found",
                            of(candidate -> spdx(candidate.getLicence()))),
                    optional(
                            "license_evidence",
                            "what says so",
                            of(candidate -> evidence(candidate.getLicence()))),
                    text(
                            "language",
                            "programming language in lower case",
                            of(CandidatePair::getLanguage)),
                    text("strategy", "how the pair was made", of(CandidatePair::getStrategy)),
                    new Column(
                            "aspects",
                            Kind.TEXTS,
                            "what the pair is about, such as `edit:swap-arguments`",
                            logged -> logged.pair().getAspects()),
                    text(
                            "instruction_source",
                            "who wrote the prompt",
                            of(CandidatePair::getInstructionSource)),
                    text(
                            "chosen_generator",
                            "who wrote chosen: a model, `published` or `mutation`",
                            of(candidate -> candidate.getChosen().getGenerator())),
                    optional(
                            "chosen_revision",
                            "revision of that model, null where none was used",
                            of(candidate -> candidate.getChosen().getModelRevision())),
                    text(
                            "rejected_generator",
                            "who wrote rejected",
                            of(candidate -> candidate.getRejected().getGenerator())),
                    optional(
                            "rejected_revision",
                            "revision of that model",
                            of(candidate -> candidate.getRejected().getModelRevision())),
                    new Column(
                            "confidence",
                            Kind.DOUBLE,
                            "estimated probability that chosen is really better",
                            logged -> logged.pair().getConfidence()),
                    new Column(
                            "model_margin",
                            Kind.OPTIONAL_DOUBLE,
                            "reward of chosen minus reward of rejected when the pair was checked,"
                                    + " null where no model was asked",
                            logged -> logged.pair().getMargin()),
                    optional(
                            "margin_model",
                            "checkpoint that gave the margin",
                            logged -> logged.pair().getMarginModel()),
                    new Column(
                            "published_at",
                            Kind.TIME,
                            "when the code was published (event time)",
                            logged -> logged.pair().getPublishedAt()),
                    text("producer", "what checked the pair", l -> l.pair().getProducer()),
                    new Column(
                            "log_partition",
                            Kind.INT,
                            "partition of the pair log it was read from",
                            LoggedPair::partition),
                    new Column("log_offset", Kind.LONG, "offset in it", LoggedPair::offset));

    private Columns() {}

    /** Names of the columns that say where a pair comes from: readers of pairs need none. */
    public static Set<String> provenance() {
        return PROVENANCE.stream().map(Column::name).collect(Collectors.toUnmodifiableSet());
    }

    /** All columns, in their order. */
    static List<Column> of(Layout layout, TextForm form) {
        List<Column> columns = new ArrayList<>();
        if (layout == Layout.AXOLOTL) {
            columns.add(text("system", "always empty", logged -> ""));
            columns.add(text("input", "the instruction", of(CandidatePair::getInstruction)));
            columns.add(text("chosen", "the better code", Columns::chosen));
            columns.add(text("rejected", "the worse code", Columns::rejected));
        } else if (form == TextForm.STANDARD) {
            columns.add(
                    text(
                            "prompt",
                            "the instruction, closed by a newline",
                            of(candidate -> PromptText.closed(candidate.getInstruction()))));
            columns.add(text("chosen", "the better code", Columns::chosen));
            columns.add(text("rejected", "the worse code", Columns::rejected));
        } else {
            columns.add(
                    messages(
                            "prompt",
                            "the instruction, a user's message",
                            "user",
                            of(CandidatePair::getInstruction)));
            columns.add(
                    messages(
                            "chosen",
                            "the better code, an assistant's message",
                            "assistant",
                            Columns::chosen));
            columns.add(
                    messages(
                            "rejected",
                            "the worse code, an assistant's message",
                            "assistant",
                            Columns::rejected));
        }
        columns.addAll(PROVENANCE);
        return columns;
    }

    private static String chosen(LoggedPair logged) {
        return logged.pair().getCandidate().getChosen().getText();
    }

    private static String rejected(LoggedPair logged) {
        return logged.pair().getCandidate().getRejected().getText();
    }

    private static Column.Value of(Function<CandidatePair, @Nullable String> value) {
        return logged -> value.apply(logged.pair().getCandidate());
    }

    private static Column text(String name, String says, Column.Value value) {
        return new Column(name, Kind.TEXT, says, value);
    }

    private static Column optional(String name, String says, Column.Value value) {
        return new Column(name, Kind.OPTIONAL_TEXT, says, value);
    }

    private static Column messages(String name, String says, String role, Column.Value content) {
        return new Column(
                name,
                Kind.MESSAGES,
                says,
                logged -> List.of(Map.of("role", role, "content", text(content.of(logged)))));
    }

    private static Object text(@Nullable Object value) {
        return java.util.Objects.requireNonNull(value);
    }

    private static @Nullable String spdx(@Nullable Licence licence) {
        return licence == null ? null : licence.getSpdxId();
    }

    private static @Nullable String evidence(@Nullable Licence licence) {
        return licence == null ? null : licence.getEvidence();
    }
}
