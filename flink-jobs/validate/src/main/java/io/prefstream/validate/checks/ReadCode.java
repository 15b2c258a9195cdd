package io.prefstream.validate.checks;

import java.util.List;

/**
 * Code as a compiler sees it.
 *
 * @param tokens its tokens without white space and comments; where indentation carries meaning it
 *     is a token
 * @param syntaxErrors nodes that the grammar could not place or found missing
 * @param parsed false where there is no grammar for the language: the tokens are then split at
 *     white space and punctuation, comments included
 */
public record ReadCode(List<String> tokens, int syntaxErrors, boolean parsed) {

    public ReadCode {
        tokens = List.copyOf(tokens);
    }
}
