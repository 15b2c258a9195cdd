package io.prefstream.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.model.files.JsonFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code tokenizer.json} and {@code tokenizer_config.json} of one folder, as far as a reward model
 * needs them: which token may fill rows up, and that others who load the folder fill up with it.
 *
 * <p>Transformers reads the reward of a classifier at the last token that isn't {@code
 * pad_token_id} (before 4.50 in front of the first that is), so a padding token must neither end a
 * text nor be in one, and {@code pad_token} of the tokenizer must be the same one.
 */
public final class TokenizerFiles {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PADDING =
            Pattern.compile("(?<![a-z])pad(?![a-z])", Pattern.CASE_INSENSITIVE);
    private static final Pattern RESERVED =
            Pattern.compile("reserved|unused", Pattern.CASE_INSENSITIVE);
    private static final String NEW_PADDING = "<|pad|>";

    private final Path tokenizerFile;
    private final Path configFile;
    private final JsonNode tokenizer;
    private final ObjectNode config;

    private TokenizerFiles(
            Path tokenizerFile, Path configFile, JsonNode tokenizer, ObjectNode config) {
        this.tokenizerFile = tokenizerFile;
        this.configFile = configFile;
        this.tokenizer = tokenizer;
        this.config = config;
    }

    /**
     * Reads both; the second may be missing.
     *
     * @throws IOException if one can't be read or is no JSON object
     */
    public static TokenizerFiles read(Path folder) throws IOException {
        Path tokenizerFile = folder.resolve("tokenizer.json");
        Path configFile = folder.resolve("tokenizer_config.json");
        JsonNode config =
                Files.exists(configFile) ? JsonFile.read(configFile) : JSON.createObjectNode();
        if (!config.isObject()) {
            throw new IOException(configFile + " is not a JSON object");
        }
        return new TokenizerFiles(
                tokenizerFile, configFile, JsonFile.read(tokenizerFile), (ObjectNode) config);
    }

    /**
     * A token that can fill rows up. The first of these that is none of {@code ends}: {@code
     * pad_token} of {@code tokenizer_config.json}; an added token with the word "pad" in it; an
     * added token that is called reserved or unused; the first row of the embedding that no token
     * has, which {@link #complete} makes a token; {@code unk_token} where bytes stand in for what
     * is unknown, so that it is in no text.
     *
     * @param vocabSize rows of the embedding
     * @return empty if there is none
     */
    public OptionalInt padding(Collection<Integer> ends, int vocabSize) {
        int unnamed = CodeTokenizer.largestToken(tokenizer) + 1;
        return Stream.of(
                        id(text("pad_token")),
                        added(PADDING, ends),
                        added(RESERVED, ends),
                        unnamed < vocabSize ? Optional.of(unnamed) : Optional.<Integer>empty(),
                        unknown())
                .flatMap(Optional::stream)
                .filter(id -> id < vocabSize && !ends.contains(id))
                .mapToInt(Integer::intValue)
                .findFirst();
    }

    /**
     * Writes what is missing for others: {@code eos_token}, {@code pad_token} as the model's
     * configuration has it, and {@link ChatTemplate#PLAIN} where there is no template. A file that
     * says it all keeps its bytes.
     */
    public void complete(int endOfSequence, int padding) throws IOException {
        ObjectNode completed = config.deepCopy();
        if (text("eos_token").isEmpty()) {
            name(endOfSequence).ifPresent(name -> completed.put("eos_token", name));
        }
        Optional<String> name = name(padding);
        if (name.isEmpty()) {
            addPadding(padding);
        }
        String pad = name.orElse(NEW_PADDING);
        if (!text("pad_token").equals(Optional.of(pad))) {
            completed.put("pad_token", pad);
        }
        if (!config.hasNonNull("chat_template")
                && !Files.exists(configFile.resolveSibling("chat_template.jinja"))) {
            completed.put("chat_template", ChatTemplate.PLAIN);
        }
        if (!completed.equals(config)) {
            write(configFile, completed);
        }
    }

    private void addPadding(int id) throws IOException {
        ObjectNode whole = tokenizer.deepCopy();
        ArrayNode added = whole.withArray("/added_tokens");
        added.addObject()
                .put("id", id)
                .put("content", NEW_PADDING)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
        write(tokenizerFile, whole);
    }

    private static void write(Path file, ObjectNode json) throws IOException {
        Files.write(file, (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private Optional<String> text(String key) {
        return Optional.of(ChatTemplate.token(config.path(key))).filter(text -> !text.isEmpty());
    }

    private Optional<Integer> id(Optional<String> text) {
        return text.flatMap(
                wanted ->
                        Optional.ofNullable(addedTokens().get(wanted))
                                .or(() -> fromVocabulary(wanted)));
    }

    private Optional<Integer> fromVocabulary(String text) {
        JsonNode id = tokenizer.path("model").path("vocab").path(text);
        return id.isInt() ? Optional.of(id.intValue()) : Optional.empty();
    }

    private Optional<Integer> added(Pattern called, Collection<Integer> ends) {
        return addedTokens().entrySet().stream()
                .filter(token -> called.matcher(token.getKey()).find())
                .map(Map.Entry::getValue)
                .filter(id -> !ends.contains(id))
                .min(Integer::compare);
    }

    private Optional<Integer> unknown() {
        JsonNode model = tokenizer.path("model");
        return model.path("byte_fallback").asBoolean(false)
                ? id(Optional.ofNullable(model.path("unk_token").textValue()))
                : Optional.empty();
    }

    private Optional<String> name(int id) {
        Stream<Map.Entry<String, Integer>> added = addedTokens().entrySet().stream();
        Stream<Map.Entry<String, Integer>> others =
                tokenizer.path("model").path("vocab").properties().stream()
                        .map(token -> Map.entry(token.getKey(), token.getValue().asInt(-1)));
        return Stream.concat(added, others)
                .filter(token -> token.getValue() == id)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private Map<String, Integer> addedTokens() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (JsonNode token : tokenizer.path("added_tokens")) {
            ids.put(token.path("content").asText(), token.path("id").asInt(-1));
        }
        return ids;
    }
}
