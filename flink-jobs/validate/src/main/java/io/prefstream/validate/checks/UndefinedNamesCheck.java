package io.prefstream.validate.checks;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The chosen side uses no more names out of nowhere than the rejected one.
 *
 * <p>A function stands without its class, so that fields look undefined. Out of nowhere is
 * therefore only a name that stands where a variable may, that one side uses without declaring it,
 * and that neither the other side nor the instruction mentions. The value is the number of them in
 * chosen minus that in rejected; above zero the check fails, which is recorded. Names with a
 * capital letter, members and what is called don't count. Java and Python only. Cost: one pass over
 * each side's nodes.
 */
public final class UndefinedNamesCheck implements Check {

    private final @Nullable Integer max;

    /**
     * @param max such names that the chosen side may use, null for any number
     */
    public UndefinedNamesCheck(@Nullable Integer max) {
        this.max = max;
    }

    @Override
    public String name() {
        return "undefined-names";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        if (new HashSet<>(candidate.chosen().tokens())
                .equals(new HashSet<>(candidate.rejected().tokens()))) {
            // Each side mentions all that the other does.
            return new CheckResult.Passed(0.0);
        }
        Names chosen = candidate.chosen().names().orElse(null);
        Names rejected = candidate.rejected().names().orElse(null);
        if (chosen == null || rejected == null) {
            return new CheckResult.Skipped(
                    "no rules for names in " + candidate.pair().getLanguage());
        }
        Set<String> said = Set.of();
        if (!chosen.undeclared().equals(rejected.undeclared())) {
            said = new HashSet<>(List.of(candidate.pair().getInstruction().split("\\W+")));
        }
        List<String> inChosen = outOfNowhere(chosen, rejected, said);
        int inRejected = outOfNowhere(rejected, chosen, said).size();
        if (max != null && inChosen.size() > max) {
            return new CheckResult.Refused(
                    ValidateReason.UNDEFINED_NAMES,
                    "%s, which exceeds validate.max-undefined-names=%,d"
                            .formatted(detail(inChosen), max));
        }
        double more = inChosen.size() - inRejected;
        return more > 0
                ? new CheckResult.Failed(more, detail(inChosen))
                : new CheckResult.Passed(more);
    }

    private static String detail(List<String> names) {
        return "chosen uses %,d names that nothing declares or mentions: %s"
                .formatted(names.size(), String.join(", ", names));
    }

    private static List<String> outOfNowhere(Names side, Names other, Set<String> said) {
        return side.undeclared().stream()
                .filter(name -> !other.mentions(name) && !said.contains(name))
                .toList();
    }
}
