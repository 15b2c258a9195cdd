package io.prefstream.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.replay.LogRecord;
import io.prefstream.replay.SplitMix64;
import io.prefstream.schemas.PreferencePair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Files of pairs whose label a token gives away. */
public final class PairFile {

    private static final String[] WORDS = {
        "return", "a", "b", "+", "-", "(", ")", "if", "else", "while", "x", "y", "0", "1", ";"
    };

    private PairFile() {}

    /** Opens a file behind so many rows. */
    static FilePairs open(Path file, double holdoutShare, long position) {
        TrainerConfig config =
                TrainerConfigReader.read(
                        null,
                        Map.of(
                                "schedule.steps",
                                "1",
                                "source.pairs",
                                file.toString(),
                                "source.holdout-share",
                                "" + holdoutShare));
        return new FilePairs(config.source(), file, null, position);
    }

    /** All pairs of a file. */
    public static List<PreferencePair> read(Path file, double holdoutShare) {
        try (FilePairs source = open(file, holdoutShare, 0)) {
            return source.take(Integer.MAX_VALUE).stream()
                    .map(record -> ((LogRecord.Pair) record).pair())
                    .toList();
        }
    }

    /** Pairs of which each rejected response holds the token {@code oops} somewhere. */
    public static Path separable(Path file, int pairs) throws IOException {
        ObjectMapper json = new ObjectMapper();
        SplitMix64 random = new SplitMix64(99);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            List<String> words = new ArrayList<>();
            for (int w = 0; w < 12; w++) {
                words.add(WORDS[random.nextInt(WORDS.length)]);
            }
            String chosen = String.join(" ", words);
            words.set(random.nextInt(words.size()), "oops");
            lines.add(
                    json.writeValueAsString(
                            Map.of(
                                    "prompt",
                                    "Adds number " + i,
                                    "chosen",
                                    chosen,
                                    "rejected",
                                    String.join(" ", words),
                                    "path",
                                    "File" + i + ".java",
                                    "licence",
                                    i % 2 == 0 ? "MIT" : "Apache-2.0")));
        }
        Files.write(file, lines);
        return file;
    }
}
