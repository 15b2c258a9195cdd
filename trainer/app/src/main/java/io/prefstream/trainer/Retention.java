package io.prefstream.trainer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which checkpoints of a folder make room for newer ones. What was just written never does, nor
 * does what somebody else has put there under a name that isn't {@value #STEP}…
 */
interface Retention {

    /** What the name of a trunk or a release begins with. */
    String STEP = "step-";

    /**
     * Names that are to go.
     *
     * @param there names of the checkpoints that are there
     */
    List<String> superfluous(Collection<String> there);

    /**
     * Of trunks the newest stay, by step. One above that which was just written was passed over as
     * damaged, or is somebody else's: it isn't counted, and it stays. One below that was passed
     * over isn't counted either, and goes: no start will want it.
     *
     * @param keep how many stay, 1 at least
     * @param written that which was just written
     * @param damaged those that were passed over
     */
    static Retention ofTrunks(int keep, String written, Set<String> damaged) {
        return there -> {
            List<String> superfluous = new ArrayList<>();
            List<String> whole = new ArrayList<>();
            for (String name : ofSteps(there).sorted().toList()) {
                if (name.equals(written)
                        || (name.compareTo(written) < 0 && !damaged.contains(name))) {
                    whole.add(name);
                } else if (name.compareTo(written) < 0) {
                    superfluous.add(name);
                }
            }
            superfluous.addAll(oldest(whole, keep));
            return superfluous;
        };
    }

    /**
     * Of releases those stay that were made last. Those that the trunk knows nothing of (another
     * run's, or made behind the trunk that was gone on from) are older than all that it knows.
     *
     * @param keep how many stay
     * @param made those of the trunk, oldest first; the last one was just written
     */
    static Retention ofReleases(int keep, List<String> made) {
        List<String> order = List.copyOf(made);
        return there ->
                oldest(
                        ofSteps(there)
                                .sorted(
                                        Comparator.<String>comparingInt(order::lastIndexOf)
                                                .thenComparing(Comparator.naturalOrder()))
                                .toList(),
                        keep);
    }

    private static Stream<String> ofSteps(Collection<String> names) {
        return names.stream().filter(name -> name.startsWith(STEP));
    }

    private static List<String> oldest(List<String> names, int keep) {
        return names.subList(0, Math.max(0, names.size() - keep));
    }
}
