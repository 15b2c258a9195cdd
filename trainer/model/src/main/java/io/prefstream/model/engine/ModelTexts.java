package io.prefstream.model.engine;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.generation.Prompt;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.PairEncoding;
import io.prefstream.model.files.FileDigest;
import io.prefstream.model.files.JsonFile;
import io.prefstream.model.tokenizer.ChatTemplate;
import io.prefstream.model.tokenizer.CodeTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a model folder makes of texts: all of it but the weights. The folder isn't needed any more.
 *
 * @param tokenizerDigest of the tokenizer's file
 * @param template of conversations; empty when the folder has none
 * @param pairs how texts that are scored are encoded
 * @param ends tokens that end an answer, by {@code config.json} and {@code generation_config.json}
 */
record ModelTexts(
        ModelConfig config,
        CodeTokenizer tokenizer,
        String tokenizerDigest,
        Optional<ChatTemplate> template,
        PairEncoding pairs,
        Set<Integer> ends) {

    /**
     * Reads a folder.
     *
     * @param tokenizer of the folder's file, whose tokens the model has; stays the caller's
     */
    static ModelTexts read(ModelBundle bundle, CodeTokenizer tokenizer) throws IOException {
        ModelConfig config = bundle.config();
        return new ModelTexts(
                config,
                tokenizer,
                FileDigest.sha256(List.of(tokenizerFile(bundle))),
                ChatTemplate.read(bundle.folder()),
                new PairEncoding(tokenizer, config.eosTokenId(), config.maxPositionEmbeddings()),
                ends(bundle));
    }

    /**
     * Another folder's, for texts that this one's tokenizer has made tokens of.
     *
     * @throws IOException if it can't be read, or what this one's texts need is not the same
     */
    ModelTexts successor(ModelBundle bundle) throws IOException {
        ModelTexts next = read(bundle, tokenizer);
        if (!next.tokenizerDigest.equals(tokenizerDigest)) {
            throw new IOException(
                    "%s has another tokenizer; start anew".formatted(bundle.folder()));
        }
        CodeTokenizer.check(tokenizerFile(bundle), next.config.vocabSize());
        if (!tokenizer.beginsAs(tokenizerFile(bundle))) {
            throw new IOException(
                    "%s begins prompts otherwise, by its %s; start anew"
                            .formatted(bundle.folder(), ModelBundle.TOKENIZER_CONFIG));
        }
        if (next.config.maxPositionEmbeddings() < config.maxPositionEmbeddings()
                || next.config.heads() != config.heads()
                || !next.config.tokens().equals(config.tokens())) {
            throw new IOException(
                    "%s has other heads, special tokens or a shorter context; start anew"
                            .formatted(bundle.folder()));
        }
        return next;
    }

    /**
     * Tokens of a prompt.
     *
     * @throws IllegalArgumentException if the template refuses the conversation, or there is none
     */
    int[] encode(Prompt prompt) {
        if (prompt instanceof Prompt.Text text) {
            return tokenizer.encodePrompt(text.text());
        }
        Prompt.Chat chat = (Prompt.Chat) prompt;
        String text =
                template.orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "the model has no chat template: ask for a"
                                                        + " completion"))
                        .render(chat.messages());
        return tokenizer.encode(text);
    }

    private static Path tokenizerFile(ModelBundle bundle) {
        return bundle.folder().resolve(ModelBundle.TOKENIZER);
    }

    private static Set<Integer> ends(ModelBundle bundle) throws IOException {
        Set<Integer> ends = new HashSet<>(bundle.config().tokens().endOfSequence());
        Path file = bundle.folder().resolve("generation_config.json");
        if (Files.exists(file)) {
            JsonNode more = JsonFile.read(file).path("eos_token_id");
            if (more.isInt()) {
                ends.add(more.intValue());
            }
            more.forEach(end -> ends.add(end.intValue()));
        }
        return Set.copyOf(ends);
    }
}
