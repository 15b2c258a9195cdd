package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Fields that would change the answer and aren't supported, with the values that ask for nothing:
 * those of OpenAI's reference and of vLLM's extensions to it. Everything else that is unknown is
 * ignored.
 */
final class UnsupportedFields {
    private static final Set<String> NEVER = Set.of();
    private static final Set<String> FALSE = Set.of("false");
    private static final Set<String> ZERO = Set.of("0", "0.0");
    private static final Set<String> NONE = Set.of("[]");

    private static final Map<String, Set<String>> NEUTRAL =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("audio", NEVER),
                            Map.entry("bad_words", NONE),
                            Map.entry("best_of", Set.of("1")),
                            Map.entry("chat_template", NEVER),
                            Map.entry("chat_template_kwargs", Set.of("{}")),
                            Map.entry("continue_final_message", FALSE),
                            Map.entry("echo", FALSE),
                            Map.entry("frequency_penalty", ZERO),
                            Map.entry("function_call", Set.of("\"none\"")),
                            Map.entry("functions", NONE),
                            Map.entry("guided_choice", NEVER),
                            Map.entry("guided_grammar", NEVER),
                            Map.entry("guided_json", NEVER),
                            Map.entry("guided_regex", NEVER),
                            Map.entry("ignore_eos", FALSE),
                            Map.entry("length_penalty", Set.of("1", "1.0")),
                            Map.entry("logit_bias", Set.of("{}")),
                            Map.entry("min_tokens", Set.of("0")),
                            Map.entry("modalities", Set.of("[\"text\"]")),
                            Map.entry("presence_penalty", ZERO),
                            Map.entry("prompt_logprobs", NEVER),
                            Map.entry("reasoning_effort", Set.of("\"none\"")),
                            Map.entry("response_format", Set.of("{\"type\":\"text\"}")),
                            Map.entry("stop_token_ids", NONE),
                            Map.entry("structured_outputs", NEVER),
                            Map.entry("suffix", Set.of("\"\"")),
                            Map.entry("tool_choice", Set.of("\"none\"", "\"auto\"")),
                            Map.entry("tools", NONE),
                            Map.entry("truncate_prompt_tokens", NEVER),
                            Map.entry("use_beam_search", FALSE),
                            Map.entry("verbosity", Set.of("\"medium\"")),
                            Map.entry("web_search_options", NEVER)));

    private UnsupportedFields() {}

    /**
     * Refuses what would have to be disregarded.
     *
     * @throws RefusedException with the field and its value
     */
    static void check(Fields fields) {
        NEUTRAL.forEach(
                (name, neutral) ->
                        fields.get(name)
                                .filter(value -> !neutral.contains(value.toString()))
                                .ifPresent(value -> refuse(name, value)));
    }

    private static void refuse(String name, JsonNode value) {
        throw RefusedException.field(name, name + "=" + Fields.shown(value) + " is not supported");
    }
}
