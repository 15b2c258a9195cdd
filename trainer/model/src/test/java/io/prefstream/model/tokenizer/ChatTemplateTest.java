package io.prefstream.model.tokenizer;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.generation.ChatMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected texts are those of Jinja2 3.1 itself, with the settings that transformers uses. */
class ChatTemplateTest {
    private static final ChatMessage SYSTEM = new ChatMessage("system", "Be brief.");
    private static final ChatMessage USER = new ChatMessage("user", "Say \"hi\" & <bye>");
    private static final ChatMessage ASSISTANT = new ChatMessage("assistant", " hi ");

    @TempDir Path folder;

    @Test
    void chatMl() throws IOException {
        String template =
                "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system'"
                    + " %}{{ '<|im_start|>system\\n"
                    + "You are a helpful assistant.<|im_end|>\\n"
                    + "' }}{% endif %}{{'<|im_start|>' + message['role'] + '\\n"
                    + "' + message['content'] + '<|im_end|>' + '\\n"
                    + "'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n"
                    + "' }}{% endif %}";
        assertThat(render(template, USER))
                .isEqualTo(
                        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
                                + "<|im_start|>user\nSay \"hi\" & <bye><|im_end|>\n"
                                + "<|im_start|>assistant\n");
        assertThat(render(template, SYSTEM, USER))
                .startsWith("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n");
    }

    @Test
    void plain() throws IOException {
        assertThat(render(ChatTemplate.PLAIN, new ChatMessage("system", "a\n"), USER, ASSISTANT))
                .isEqualTo("a\nSay \"hi\" & <bye>\n hi </s>");
    }

    @Test
    void headersWithVariablesAndFilters() throws IOException {
        String template =
                "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content"
                    + " = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n"
                    + "\\n"
                    + "' + message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{%"
                    + " set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{%"
                    + " if add_generation_prompt %}{{"
                    + " '<|start_header_id|>assistant<|end_header_id|>\\n"
                    + "\\n"
                    + "' }}{% endif %}";
        assertThat(render(template, USER, ASSISTANT))
                .isEqualTo(
                        "<s><|start_header_id|>user<|end_header_id|>\n\n"
                                + "Say \"hi\" & <bye><|eot_id|>"
                                + "<|start_header_id|>assistant<|end_header_id|>\n\nhi<|eot_id|>"
                                + "<|start_header_id|>assistant<|end_header_id|>\n\n");
    }

    @Test
    void turnsThatMustAlternate() throws IOException {
        String template =
                "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') !="
                    + " (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must"
                    + " alternate user/assistant') }}{% endif %}{% if message['role'] == 'user'"
                    + " %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role']"
                    + " == 'assistant' %}{{ message['content'] + eos_token}}{% else %}{{"
                    + " raise_exception('Only user and assistant roles are supported!') }}{% endif"
                    + " %}{% endfor %}";
        assertThat(render(template, USER, ASSISTANT, USER))
                .isEqualTo(
                        "<s>[INST] Say \"hi\" & <bye> [/INST] hi </s>"
                                + "[INST] Say \"hi\" & <bye> [/INST]");
        assertThatThrownBy(() -> render(template, USER, USER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Conversation roles must alternate");
    }

    @Test
    void namespacesMethodsAndWhiteSpaceOverSeveralLines() throws IOException {
        String template =
                """
                {%- set ns = namespace(found=false) -%}
                {%- for message in messages -%}
                    {%- if message['role'] == 'system' -%}
                        {%- set ns.found = true -%}
                    {%- endif -%}
                {%- endfor -%}
                {{bos_token}}{%- if not ns.found -%}
                {{'You are a coder.\\n'}}
                {%- endif %}
                {%- for message in messages %}
                    {%- if message['role'] == 'system' %}
                {{ message['content'].strip() }}
                    {%- else %}
                        {%- if message['role'] == 'user' %}
                {{'### Instruction:\\n' + message['content'] + '\\n'}}
                        {%- else %}
                {{'### Response:\\n' + message['content'] + '\\n<|EOT|>\\n'}}
                        {%- endif %}
                    {%- endif %}
                {%- endfor %}
                {% if add_generation_prompt %}
                {{'### Response:'}}
                {% endif %}\
                """;
        assertThat(render(template, USER, ASSISTANT, USER))
                .isEqualTo(
                        "<s>You are a coder.\n### Instruction:\nSay \"hi\" & <bye>\n"
                                + "### Response:\n hi \n<|EOT|>\n"
                                + "### Instruction:\nSay \"hi\" & <bye>\n### Response:\n");
        assertThat(render(template, SYSTEM, USER)).startsWith("<s>Be brief.### Instruction:\n");
    }

    /** The texts are Jinja2's, by {@code src/test/golden/chat_templates.py}. */
    @TestFactory
    Stream<DynamicTest> templatesWithTheConstructsOfPublishedOnes() throws IOException {
        JsonNode conversations = resource("conversations.json");
        return resource("expected.json").properties().stream()
                .flatMap(
                        template ->
                                template.getValue().properties().stream()
                                        .map(
                                                text ->
                                                        DynamicTest.dynamicTest(
                                                                template.getKey()
                                                                        + ": "
                                                                        + text.getKey(),
                                                                () ->
                                                                        isRendered(
                                                                                template.getKey(),
                                                                                conversations.get(
                                                                                        text
                                                                                                .getKey()),
                                                                                text.getValue()))));
    }

    private void isRendered(String template, JsonNode conversation, JsonNode expected)
            throws IOException {
        try (InputStream in = ChatTemplateTest.class.getResourceAsStream("chat/" + template)) {
            Files.copy(in, folder.resolve("chat_template.jinja"), REPLACE_EXISTING);
        }
        List<ChatMessage> messages = new ArrayList<>();
        conversation.forEach(
                said ->
                        messages.add(
                                new ChatMessage(
                                        said.get("role").asText(), said.get("content").asText())));
        ChatMessage[] said = messages.toArray(ChatMessage[]::new);
        if (expected.isNull()) {
            assertThatThrownBy(() -> render("", said))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("chat template of chat_template.jinja: ");
        } else {
            assertThat(render("", said)).isEqualTo(expected.asText());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "s.split('b')[0] + s.split('b')[-1] + s.split('b')[1] ; aca",
                "'a.b.c'.split('.')[-1] ; c",
                "'a=b=c'.split('=', 1)[1] + 'a=b=c'.rsplit('=', 1)[0] ; b=ca=b",
                "' a  b '.split() == ['a', 'b'] ; True",
                "'xxaxx'.strip('x') + 'xxa'.lstrip('x') + 'axx'.rstrip('x') ; aaa",
                "s.startswith('ab') and s.endswith(('x', 'b')) ; True",
                "s.upper() + 'hello world'.title() + 'ab CD'.capitalize() ; ABCABHello WorldAb cd",
                "'aaa'.replace('a', 'b', 2) + 'aaa'.replace('a', 'c') ; bbaccc",
                "'x😀abc'.find('a') ~ 'aXaX'.count('X') ~ '.'.join(['a', 'b']) ; 22a.b",
                "s[0] + s[-1] + s[::-1] + s[1:] + s[:-1] + (s | first) + (s | last) ;"
                        + " abbacbabcababcaab",
                "[1, 2, 3][::2] ; [1, 3]",
                "'a\\r\\nb\\n\\nc\\n'.splitlines() | join('+') ; a+b++c",
                "''.splitlines() | length ; 0",
                "not 'q' in s ; True",
                "'false' if 'false' else 'none' ; false",
                "(s or 'x') ~ ('' or 'y') ~ (s and 'z') ; abcabyz",
                "'a\\\\b' ; a\\b",
                "'abc'.removeprefix('a').removesuffix('c') + 'k=v'.partition('=')[2] ; bv"
            })
    void textsAreThoseOfPython(String expression, String expected) throws IOException {
        String template = "{% set s = 'abcab' %}{{ " + expression + " }}";
        assertThat(render(template, USER)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{{ 'x' | nofilter }} ; there is no filter nofilter",
                "{% if 'x' is notest %}a{% endif %} ; there is no test notest",
                "{{ messages[0].content.nosuch() }} ; text has no method nosuch",
                "{{ messages[0].content.getBytes() }} ; text has no method getBytes",
                "{{ messages[7].role }} ; messages[7] is undefined, it has no attributes",
                "{{ 'a' + messages[0].thought }} ; can't add text and what is undefined",
                "{{ unknown('x') }} ; Could not resolve function 'unknown'",
                "{% filter upper %}a{% endfilter %} ; Unknown tag: filter",
                "{% include 'x' %} ; Couldn't find resource: x",
                "{{ messages[1:2:1] }} ; Error parsing 'messages[1:2:1]'",
                "{% for m in messages %}{{ loop.previtem }}{% endfor %} ; property 'previtem'",
                "{{ 'x' ; Unclosed token"
            })
    void whatCannotBeRenderedIsNamedWithItsFile(String template, String message) {
        assertThatThrownBy(() -> render(template, USER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("chat template of tokenizer_config.json: ")
                .hasMessageContaining(message)
                .message()
                .satisfies(told -> assertThat(told.lines()).hasSize(1));
    }

    @Test
    void aTextThatLooksLikeATemplateIsNotRendered() throws IOException {
        ChatMessage code =
                new ChatMessage(
                        "user", "int[][] a = {{1,2},{3,4}}; {% for %} {# x #} {{ bos_token }}");
        assertThat(render("{% for m in messages %}{{ m.content }}{% endfor %}", code))
                .isEqualTo(code.content());
    }

    @Test
    void aFolderWithoutTemplateHasNone() throws IOException {
        assertThat(ChatTemplate.read(folder)).isEmpty();
    }

    private String render(String template, ChatMessage... messages) throws IOException {
        ObjectNode config = new ObjectMapper().createObjectNode();
        config.put("chat_template", template).put("bos_token", "<s>");
        config.putObject("eos_token").put("content", "</s>");
        Files.writeString(folder.resolve("tokenizer_config.json"), config.toString());
        Clock clock = Clock.fixed(Instant.parse("2026-01-05T07:08:09Z"), ZoneOffset.UTC);
        return ChatTemplate.read(folder, clock).orElseThrow().render(List.of(messages));
    }

    private static JsonNode resource(String name) throws IOException {
        try (InputStream in = ChatTemplateTest.class.getResourceAsStream("chat/" + name)) {
            return new ObjectMapper().readTree(in);
        }
    }
}
