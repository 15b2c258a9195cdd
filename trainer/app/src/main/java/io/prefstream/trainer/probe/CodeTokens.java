package io.prefstream.trainer.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Code as words, numbers and punctuation marks, white space dropped; any language. */
final class CodeTokens {

    private static final Pattern TOKEN =
            Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*|\\p{N}[\\p{L}\\p{N}_.]*|\\S");

    private CodeTokens() {}

    static List<String> of(String code) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(code);
        while (matcher.find()) {
            tokens.add(matcher.group());
        }
        return tokens;
    }
}
