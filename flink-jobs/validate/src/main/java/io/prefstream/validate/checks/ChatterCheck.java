package io.prefstream.validate.checks;

import java.util.List;

/**
 * No side has left of a chat what was to be cut off: Markdown fences, or sentences before and after
 * the code.
 *
 * <p>A side in which a grammar finds nothing but code is free of them, whatever its comments and
 * strings say; so a side is parsed only where it holds what begins a fence or such a sentence. Cost
 * otherwise: a look for each of them in each text.
 */
public final class ChatterCheck implements Check {

    /** What such answers begin with. */
    private static final List<String> OPENINGS =
            List.of(
                    "Sure",
                    "Certainly",
                    "Of course",
                    "Absolutely",
                    "Okay",
                    "Great",
                    "Here",
                    "Below",
                    "The following",
                    "To solve",
                    "To implement",
                    "Let me",
                    "Let's",
                    "I have ",
                    "I've ",
                    "I'll ",
                    "I will ",
                    "You can ",
                    "This is ",
                    "This function",
                    "This method",
                    "This code");

    /** What stands in them anywhere, or begins a line at the left margin. */
    private static final List<String> PASSAGES =
            List.of(
                    "```",
                    "~~~",
                    "\nExplanation",
                    "\nNote",
                    "\nIn this ",
                    "\nThis function",
                    "\nThis method",
                    "\nThis code",
                    "\nThis implementation",
                    "\nThis solution",
                    "\nThe above",
                    "\nThe function",
                    "\nThe method",
                    "\nThe code",
                    "\nI hope",
                    "\nHope this",
                    "\nLet me know",
                    "\nPlease ",
                    "\nHere");

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
            String text = candidate.text(side).stripLeading();
            int at = chatAt(text);
            if (at >= 0 && !isCode(candidate.code(side))) {
                return objection.found(
                        "%s holds chat around its code: '%s'".formatted(side, lineAt(text, at)));
            }
        }
        return new CheckResult.Passed(null);
    }

    /** Where chat begins; negative if nothing looks like it. */
    private static int chatAt(String text) {
        for (String opening : OPENINGS) {
            if (text.startsWith(opening)) {
                return 0;
            }
        }
        for (String passage : PASSAGES) {
            int at = text.indexOf(passage);
            if (at >= 0) {
                return at;
            }
        }
        return -1;
    }

    private static boolean isCode(ReadCode code) {
        return code.parsed() && code.syntaxErrors() == 0;
    }

    private static String lineAt(String text, int start) {
        String rest = text.substring(start).stripLeading();
        String line = rest.lines().findFirst().orElse("");
        return line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + "…";
    }
}
