package io.prefstream.validate.checks;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * No side has left of a chat what was to be cut off: Markdown fences, or sentences before and after
 * the code.
 *
 * <p>A side in which a grammar finds nothing but code is free of them, whatever its comments and
 * strings say; so a side is parsed only where a line begins like a fence or such a sentence. Cost
 * otherwise: one pass over each text.
 */
public final class ChatterCheck implements Check {

    private static final Pattern CHATTER =
            Pattern.compile(
                    "^[ \\t]*(?:```|~~~)"
                            + "|\\A\\s*(?:Sure|Certainly|Of course|Absolutely|Okay|Great|Here|Below"
                            + "|The following|To (?:solve|implement|write)|Let me|Let's|I have"
                            + "|I've|I'll|I will|You can|This (?:function|code|method|is))\\b"
                            + "|^(?:Explanation|Note that|Note:|In this (?:code|function|method"
                            + "|implementation|example)|This (?:function|code|method"
                            + "|implementation|solution)|The (?:above|function|code|method)|I hope"
                            + "|Let me know|Hope this|Please (?:note|let))\\b",
                    Pattern.MULTILINE);

    private static final int SHOWN_CHARS = 40;

    private final Objection objection;

    public ChatterCheck(Objection objection) {
        this.objection = objection;
    }

    @Override
    public String name() {
        return "chatter";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        for (Side side : Side.values()) {
            String text = candidate.text(side);
            Matcher chatter = CHATTER.matcher(text);
            if (chatter.find() && !isCode(candidate.code(side))) {
                return objection.found(
                        "%s holds chat around its code: '%s'"
                                .formatted(side, lineAt(text, chatter.start())));
            }
        }
        return new CheckResult.Passed(null);
    }

    private static boolean isCode(ReadCode code) {
        return code.parsed() && code.syntaxErrors() == 0;
    }

    private static String lineAt(String text, int start) {
        String rest = text.substring(start).stripLeading();
        int end = rest.indexOf('\n');
        String line = end < 0 ? rest : rest.substring(0, end);
        return line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + "…";
    }
}
