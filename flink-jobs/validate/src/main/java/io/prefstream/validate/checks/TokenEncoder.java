package io.prefstream.validate.checks;

import java.nio.charset.StandardCharsets;

/** Turns an instruction with an answer into the token ids that a model would be given. */
@FunctionalInterface
public interface TokenEncoder {

    /**
     * The ids, with the end token last, however many there are.
     *
     * @param instruction what is answered
     * @param response the answer
     */
    int[] encode(String instruction, String response);

    /**
     * One id per byte and three for what a template adds: an upper bound for every byte-level
     * tokenizer, so that what fits here fits there.
     */
    static TokenEncoder bytes() {
        return (instruction, response) -> {
            byte[] text = (instruction + "\n" + response).getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[text.length + 2];
            for (int i = 0; i < text.length; i++) {
                ids[i] = text[i] & 0xff;
            }
            ids[text.length] = 256;
            ids[text.length + 1] = 257;
            return ids;
        };
    }
}
