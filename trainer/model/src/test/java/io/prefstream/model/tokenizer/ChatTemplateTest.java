package io.prefstream.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.generation.ChatMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void aFolderWithoutTemplateHasNone() throws IOException {
        assertThat(ChatTemplate.read(folder)).isEmpty();
    }

    private String render(String template, ChatMessage... messages) throws IOException {
        ObjectNode config = new ObjectMapper().createObjectNode();
        config.put("chat_template", template).put("bos_token", "<s>");
        config.putObject("eos_token").put("content", "</s>");
        Files.writeString(folder.resolve("tokenizer_config.json"), config.toString());
        return ChatTemplate.read(folder).orElseThrow().render(List.of(messages));
    }
}
