package io.prefstream.synthesize.commit;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells by its message whether a commit repairs something that code did wrong.
 *
 * <p>The words are those by which studies of bugs find fixes (Mockus and Votta, ICSM 2000;
 * Śliwerski, Zimmermann and Zeller, MSR 2005; Ray et al., FSE 2014), asked of the subject alone: a
 * body tells of much that a commit is not. What is repaired must be what code does: typing errors,
 * documentation, layout, names, versions, tests and builds are fixed too, and make no function
 * better. Rather a fix is missed than something else taken for one.
 */
final class FixMessage {

    /** A type of Conventional Commits, with its scope: {@code fix(parser)!: …}. */
    private static final Pattern TYPE = Pattern.compile("^(\\w+)(\\([^()]*\\))?!?:\\s");

    private static final Set<String> FIX_TYPES = Set.of("fix", "bugfix", "hotfix");

    private static final Set<String> OTHER_TYPES =
            Set.of(
                    "build",
                    "chore",
                    "ci",
                    "deps",
                    "doc",
                    "docs",
                    "feat",
                    "feature",
                    "perf",
                    "refactor",
                    "release",
                    "revert",
                    "style",
                    "test",
                    "tests");

    private static final Pattern FIX =
            words(
                    "fix(?:e[sd]|ing)?",
                    "bugs?",
                    "bug-?fix(?:e[sd])?",
                    "hot-?fix(?:e[sd])?",
                    "defects?",
                    "faults?",
                    "faulty",
                    "patch(?:e[sd])?",
                    "regressions?",
                    "incorrect(?:ly)?",
                    "wrong(?:ly)?",
                    "broken",
                    "off[- ]by[- ]one",
                    "issue #?\\d+",
                    "(?:close|resolve)[sd]? #\\d+",
                    "vulnerabilit(?:y|ies)",
                    "cve-\\d+-\\d+",
                    "(?:avoid|prevent)(?:s|ed|ing)?\\b.*\\b(?:npe|null ?pointer\\w*|crash(?:es)?"
                            + "|deadlocks?|leaks?|overflows?|races?|\\w*exceptions?|infinite loops?"
                            + "|out[- ]of[- ]bounds|division by zero)");

    /** In a body: what trackers and the Linux kernel's people make of it. */
    private static final Pattern FIXES_LINE =
            Pattern.compile("(?im)^\\s*fix(?:e[sd])?:?\\s+(?:[\\w./-]*#\\d+|[0-9a-f]{7,40}\\b)");

    private static final Pattern OTHER_BEGINNING =
            Pattern.compile(
                    "(?i)^(?:merged?|reverts?|reverted|bump(?:s|ed)?|releas(?:e|ed|ing)|prepar(?:e|ing)"
                        + "|fixup!|squash!|amend!)(?:\\W|$)");

    private static final Pattern OTHER =
            words(
                    "typos?",
                    "spelling",
                    "mis-?spell\\w*",
                    "grammar",
                    "wording",
                    "(?:java|js|go)?docs?",
                    "doc-?strings?",
                    "documentation",
                    "comments?",
                    "read-?me",
                    "change-?log",
                    "copyright",
                    "licen[cs]es?",
                    "(?:re)?formatting",
                    "reformat(?:s|ted)?",
                    "indent(?:ation|s|ed)?",
                    "white-?spaces?",
                    "check-?style",
                    "code ?style",
                    "spotless",
                    "pep-?8",
                    "lint(?:er|ing|s)?",
                    "renam(?:e[sd]?|ing)",
                    "refactor\\w*",
                    "clean(?:ed|ing)?[- ]?ups?",
                    "(?:unused|missing) imports?",
                    "upgrad(?:e[sd]?|ing)",
                    "dependenc(?:y|ies)",
                    "version (?:bump|number)",
                    "compil(?:e|ation)",
                    "builds?",
                    "ci",
                    "warnings?",
                    "(?:log|error|exception) messages?",
                    "fix(?:e[sd]|ing)? (?:\\S+ ){0,2}tests?");

    private FixMessage() {}

    private static Pattern words(String... alternatives) {
        return Pattern.compile(
                "(?i)(?<![\\w-])(?:" + String.join("|", alternatives) + ")(?![\\w-])");
    }

    /** Why a message doesn't read as a fix, in words; empty if it does. */
    static Optional<String> whyNone(String message) {
        String subject = message.lines().findFirst().orElse("").strip();
        Matcher beginning = OTHER_BEGINNING.matcher(subject);
        if (beginning.find()) {
            return Optional.of("its subject begins with '" + beginning.group().strip() + "'");
        }
        Matcher type = TYPE.matcher(subject);
        String kind = type.find() ? type.group(1).toLowerCase(Locale.ROOT) : "";
        if (OTHER_TYPES.contains(kind)) {
            return Optional.of("it is of type '" + kind + "'");
        }
        Matcher other = OTHER.matcher(subject);
        if (other.find()) {
            return Optional.of("its subject speaks of '" + other.group() + "'");
        }
        return FIX_TYPES.contains(kind)
                        || FIX.matcher(subject).find()
                        || FIXES_LINE.matcher(message).find()
                ? Optional.empty()
                : Optional.of("no word in its subject says that something was wrong");
    }
}
