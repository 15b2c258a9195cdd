package io.prefstream.model.tokenizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tokens and merges of a byte-level BPE, written as a Hugging Face {@code tokenizer.json}. */
public final class BpeVocabulary {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> specialTokens;
    private final List<String> tokens = new ArrayList<>();
    private final List<String> merges = new ArrayList<>();

    private BpeVocabulary(List<String> specialTokens) {
        this.specialTokens = List.copyOf(specialTokens);
        tokens.addAll(specialTokens);
    }

    static BpeVocabulary ofBytes(List<String> specialTokens) {
        BpeVocabulary vocabulary = new BpeVocabulary(specialTokens);
        ByteAlphabet alphabet = new ByteAlphabet();
        for (int b = 0; b < 256; b++) {
            vocabulary.tokens.add(alphabet.of(b));
        }
        return vocabulary;
    }

    public int size() {
        return tokens.size();
    }

    /** The token's text in the byte alphabet. */
    public String token(int id) {
        return tokens.get(id);
    }

    int merge(int left, int right) {
        merges.add(tokens.get(left) + " " + tokens.get(right));
        tokens.add(tokens.get(left) + tokens.get(right));
        return tokens.size() - 1;
    }

    /** Writes {@code tokenizer.json}. */
    public void write(Path file) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.put("version", "1.0");
        json.putNull("truncation");
        json.putNull("padding");
        ArrayNode added = json.putArray("added_tokens");
        for (int id = 0; id < specialTokens.size(); id++) {
            added.addObject()
                    .put("id", id)
                    .put("content", specialTokens.get(id))
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        json.putNull("normalizer");
        ObjectNode split = json.putObject("pre_tokenizer").put("type", "Sequence");
        ArrayNode steps = split.putArray("pretokenizers");
        ObjectNode pieces = steps.addObject().put("type", "Split");
        pieces.putObject("pattern").put("Regex", BpeTrainer.SPLIT);
        pieces.put("behavior", "Isolated").put("invert", false);
        byteLevel(steps.addObject());
        byteLevel(json.putObject("post_processor"));
        byteLevel(json.putObject("decoder"));
        ObjectNode model = json.putObject("model").put("type", "BPE");
        model.putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false);
        ObjectNode vocab = model.putObject("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            vocab.put(tokens.get(id), id);
        }
        ArrayNode mergeList = model.putArray("merges");
        merges.forEach(mergeList::add);
        Files.write(file, (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void byteLevel(ObjectNode step) {
        step.put("type", "ByteLevel");
        step.put("add_prefix_space", false).put("trim_offsets", false).put("use_regex", false);
    }
}
