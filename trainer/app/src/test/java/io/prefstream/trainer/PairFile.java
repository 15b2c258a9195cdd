package io.prefstream.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.replay.SplitMix64;
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
