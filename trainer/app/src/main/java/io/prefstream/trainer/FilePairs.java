package io.prefstream.trainer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.replay.LogRecord;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.Licence;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.Split;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Pairs of a JSON Lines file, TRL's columns: {@code prompt}, {@code chosen}, {@code rejected};
 * optional {@code id}, {@code split} ({@code train}, {@code holdout}), {@code repository}, {@code
 * path}, {@code language}, {@code licence}. One partition, whose offsets are line numbers from 0. A
 * line that is no such object is an undecodable record.
 */
public final class FilePairs implements PairSource {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant UNKNOWN_TIME = Instant.EPOCH;
    private static final String PRODUCER = "file/1";

    private final Path file;
    private final double holdoutShare;
    private final TrainerConfig.HoldoutBy holdoutBy;
    private final BufferedReader lines;
    private long next;
    private boolean atEnd;

    /**
     * Refuses what can't be read as a file, for those who want to know before they begin.
     *
     * @throws IllegalArgumentException with one line that names file and key
     */
    static void check(Path file) {
        if (Files.isDirectory(file)) {
            throw refused(file, "is a folder");
        }
        if (!Files.exists(file)) {
            throw refused(file, "doesn't exist");
        }
        if (!Files.isReadable(file)) {
            throw refused(file, "can't be read");
        }
    }

    private static IllegalArgumentException refused(Path file, String why) {
        return new IllegalArgumentException("source.pairs=" + file + " " + why);
    }

    /**
     * @throws IllegalArgumentException if the file can't be opened
     */
    FilePairs(Path file, double holdoutShare, TrainerConfig.HoldoutBy holdoutBy, long position) {
        this.file = file;
        this.holdoutShare = holdoutShare;
        this.holdoutBy = holdoutBy;
        try {
            this.lines = Files.newBufferedReader(file, StandardCharsets.UTF_8);
            while (next < position && readLine() != null) {
                // Lines below the position were taken before.
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("source.pairs=" + file + " can't be read: " + e, e);
        }
    }

    @Override
    public List<LogRecord> take(int max) {
        List<LogRecord> taken = new ArrayList<>();
        try {
            while (taken.size() < max) {
                String line = readLine();
                if (line == null) {
                    break;
                }
                taken.add(record(line, next - 1));
            }
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "source.pairs=%s is no text in UTF-8 behind line %,d: expected JSON Lines (finetune reads Parquet too)"
                            .formatted(file, next),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "source.pairs=%s can't be read behind line %,d: %s".formatted(file, next, e),
                    e);
        }
        return taken;
    }

    @Override
    public boolean await(Duration timeout) {
        return !atEnd;
    }

    @Override
    public boolean finished() {
        return atEnd;
    }

    @Override
    public SortedMap<Integer, Long> positions() {
        return new TreeMap<>(java.util.Map.of(0, next));
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable String readLine() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            atEnd = true;
        } else {
            next++;
        }
        return line;
    }

    private LogRecord record(String line, long offset) {
        try {
            return new LogRecord.Pair(0, offset, pair(JSON.readTree(line)));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return new LogRecord.Undecodable(
                    file.toString(),
                    0,
                    offset,
                    null,
                    line.getBytes(StandardCharsets.UTF_8),
                    "line %d of %s: %s"
                            .formatted(
                                    offset + 1,
                                    file,
                                    String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
                    UNKNOWN_TIME);
        }
    }

    private PreferencePair pair(JsonNode json) {
        String prompt = text(json, "prompt");
        String chosen = text(json, "chosen");
        String rejected = text(json, "rejected");
        String id = json.path("id").asText(ContentId.of(prompt, chosen, rejected));
        String repository = json.path("repository").asText("file");
        String path = json.path("path").asText(id);
        String licence = json.path("licence").asText("");
        CandidatePair candidate =
                candidate(id, prompt, chosen, rejected)
                        .setRepository(repository)
                        .setPath(path)
                        .setLanguage(json.path("language").asText("unknown"))
                        .setLicence(
                                licence.isEmpty()
                                        ? null
                                        : Licence.newBuilder()
                                                .setSpdxId(licence)
                                                .setEvidence("file")
                                                .build())
                        .build();
        return preference(candidate, split(json, id, repository, path));
    }

    /** A pair of which nothing is known but its texts. */
    public static PreferencePair plain(String id, String prompt, String chosen, String rejected) {
        return preference(candidate(id, prompt, chosen, rejected).build(), Split.TRAIN);
    }

    private static CandidatePair.Builder candidate(
            String id, String prompt, String chosen, String rejected) {
        return CandidatePair.newBuilder()
                .setId(id)
                .setSnippetId(id)
                .setRepository("file")
                .setRevision("")
                .setPath(id)
                .setLanguage("unknown")
                .setInstruction(prompt)
                .setInstructionSource("file")
                .setChosen(response(chosen))
                .setRejected(response(rejected))
                .setStrategy("file")
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

    private Split split(JsonNode json, String id, String repository, String path) {
        if (json.hasNonNull("split")) {
            String split = json.get("split").asText().toLowerCase(Locale.ROOT);
            return switch (split) {
                case "train" -> Split.TRAIN;
                case "holdout", "test", "validation" -> Split.HOLDOUT;
                default ->
                        throw new IllegalArgumentException(
                                "split=" + split + " is neither train nor holdout");
            };
        }
        double fraction =
                switch (holdoutBy) {
                    case REPOSITORY -> ContentId.fraction("holdout", repository);
                    case PATH -> ContentId.fraction("holdout", repository, path);
                    case PAIR -> ContentId.fraction("holdout", id);
                };
        return fraction < holdoutShare ? Split.HOLDOUT : Split.TRAIN;
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("no text in field " + field);
        }
        return value.asText();
    }

    private static Response response(String text) {
        return Response.newBuilder()
                .setText(text)
                .setGenerator("file")
                .setFinishReason(FinishReason.UNKNOWN)
                .build();
    }
}
