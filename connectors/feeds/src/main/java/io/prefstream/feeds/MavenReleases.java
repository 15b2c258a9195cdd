package io.prefstream.feeds;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which versions a first look takes. Maven's order puts the dates that some old projects used as
 * versions ({@code 20040616}) above every number, and milestones above the last release; the newest
 * <em>releases</em> are meant.
 */
final class MavenReleases {

    private static final Pattern DATE = Pattern.compile("(19|20)\\d{6}([.-].*)?");
    private static final Pattern UNFINISHED =
            Pattern.compile(
                    "(?i).*([.-](alpha|beta|milestone|rc|cr|m|a|b|ea|preview|pre|dev)[.-]?\\d*([.-].*)?"
                        + "|\\d(alpha|beta|rc|a|b|m)\\d*)");

    private MavenReleases() {}

    /**
     * The newest of these versions, oldest first.
     *
     * @param versions in Maven's order, oldest first
     */
    static List<String> newest(List<String> versions, int count) {
        Predicate<String> date = version -> DATE.matcher(version).matches();
        Predicate<String> unfinished = version -> UNFINISHED.matcher(version).matches();
        for (Predicate<String> unwanted :
                List.<Predicate<String>>of(date.or(unfinished), date, version -> false)) {
            List<String> wanted = versions.stream().filter(unwanted.negate()).toList();
            if (!wanted.isEmpty()) {
                return wanted.subList(Math.max(0, wanted.size() - count), wanted.size());
            }
        }
        return List.of();
    }
}
