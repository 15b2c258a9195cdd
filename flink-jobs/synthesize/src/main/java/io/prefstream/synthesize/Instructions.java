package io.prefstream.synthesize;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.generators.Instruction;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.synthesize.Attempt.NoCandidate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a pair's answers are answers to: what the documentation says the function does, then its
 * signature; or the signature alone where nothing useful is said.
 *
 * <p>Kept short (whole first sentences up to a limit) because a small model's context has to hold
 * the answer too.
 */
public final class Instructions {

    private static final Pattern INLINE_TAG =
            Pattern.compile("\\{@(\\w+)\\s*([^{}]*)\\}", Pattern.DOTALL);
    private static final Pattern BLOCK_TAG = Pattern.compile("(?m)^\\s*@\\w+");
    private static final Pattern PYTHON_SECTION =
            Pattern.compile(
                    "(?mi)^\\s*(:(param|type|returns?|rtype|raises)\\b|(args|arguments|parameters"
                            + "|returns|yields|raises|examples?|notes?|see also)\\s*:?\\s*$|>>> )");
    private static final Pattern HTML_TAG = Pattern.compile("</?[a-zA-Z][^<>]*>");
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern SPACE_BEFORE_PUNCTUATION = Pattern.compile(" ([.,;:)])");
    private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?])\\s+(?=[\\p{Lu}\"'(`])");
    private static final Pattern LETTERS = Pattern.compile("\\p{L}{2,}");

    private Instructions() {}

    /** The instruction of a function, with at most {@code maxDocChars} of its documentation. */
    public static Instruction of(CodeSnippet snippet, Language language, int maxDocChars) {
        String doc = snippet.getDocComment();
        String said = doc == null ? "" : shorten(clean(doc, language), maxDocChars);
        boolean useful = LETTERS.matcher(said).results().count() >= 2;
        return new Instruction(
                useful ? said : "", snippet.getSignature(), useful ? "doc-comment" : "signature");
    }

    /** Why an instruction is over the limit; empty where it isn't. */
    public static Optional<NoCandidate> tooLong(Instruction instruction, int maxChars) {
        int chars = instruction.text().length();
        return chars <= maxChars
                ? Optional.empty()
                : Optional.of(
                        new NoCandidate(
                                SynthesizeReason.INSTRUCTION_TOO_LONG,
                                "instruction of %,d chars exceeds synthesize.instruction.max-chars=%,d"
                                        .formatted(chars, maxChars)));
    }

    /** The description in one line: no block tags or sections, no mark-up. */
    public static String clean(String doc, Language language) {
        boolean tagged =
                switch (language) {
                    case JAVA, JAVASCRIPT, TYPESCRIPT, C, CPP -> true;
                    case PYTHON, GO, RUST -> false;
                };
        Pattern end = tagged ? BLOCK_TAG : PYTHON_SECTION;
        var found = end.matcher(doc);
        String text = found.find() ? doc.substring(0, found.start()) : doc;
        if (tagged) {
            text =
                    INLINE_TAG
                            .matcher(text)
                            .replaceAll(tag -> inlineTag(tag.group(1), tag.group(2)));
        }
        if (language == Language.JAVA) {
            text = HTML_TAG.matcher(text).replaceAll(" ");
            text =
                    text.replace("&lt;", "<")
                            .replace("&gt;", ">")
                            .replace("&nbsp;", " ")
                            .replace("&quot;", "\"")
                            .replace("&#64;", "@")
                            .replace("&amp;", "&");
        }
        String line = SPACE.matcher(text).replaceAll(" ");
        return SPACE_BEFORE_PUNCTUATION.matcher(line).replaceAll("$1").strip();
    }

    private static String inlineTag(String tag, String content) {
        String shown =
                switch (tag) {
                    case "link", "linkplain" -> linkLabel(content.strip());
                    case "inheritDoc" -> "";
                    default -> content.strip();
                };
        return java.util.regex.Matcher.quoteReplacement(shown);
    }

    /** The label of a link, or its target as code would write it. */
    private static String linkLabel(String content) {
        int depth = 0;
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (Character.isWhitespace(c) && depth == 0) {
                return content.substring(i).strip();
            }
        }
        return content.startsWith("#") ? content.substring(1) : content.replace('#', '.');
    }

    /** As many whole sentences as fit; of a first sentence that doesn't, the words that do. */
    public static String shorten(String text, int limit) {
        List<String> kept = new ArrayList<>();
        int length = 0;
        for (String sentence : SENTENCE_END.split(text)) {
            if (length + sentence.length() + kept.size() > limit) {
                break;
            }
            kept.add(sentence);
            length += sentence.length();
        }
        if (!kept.isEmpty() || limit == 0) {
            return String.join(" ", kept);
        }
        int cut = text.lastIndexOf(' ', limit);
        return cut < 0 ? "" : text.substring(0, cut);
    }
}
