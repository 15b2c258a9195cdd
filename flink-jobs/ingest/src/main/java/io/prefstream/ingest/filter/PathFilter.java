package io.prefstream.ingest.filter;

import static io.prefstream.ingest.IngestReason.TEST_DATA;
import static io.prefstream.ingest.IngestReason.VENDORED;

import io.prefstream.ingest.IngestReason;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Refuses files by the folders they are in: copies of other projects, and what tests read.
 *
 * <p>The folders of copies are those of GitHub linguist's list ({@code vendor.yml}) as far as they
 * hold code, without {@code cache}, {@code env} and {@code tools}, which are names of ordinary
 * packages too. In Java, where folders are packages, {@code vendor}, {@code external} and {@code
 * dist} count only at the top.
 */
final class PathFilter implements FileFilter {

    private static final String ANYWHERE =
            "(^|/)(node_modules|bower_components|site-packages|Godeps/_workspace|\\.venv"
                    + "|(third|3rd)[-_]?party|Carthage|Pods|ace-builds|admin_media)/";

    private static final Pattern VENDORED_JAVA =
            Pattern.compile(
                    ANYWHERE + "|^(vendors?|vendored|extern(al)?s?|deps|dependencies|dist)/",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern VENDORED_OTHER =
            Pattern.compile(
                    ANYWHERE
                            + "|(^|/)(vendors?|vendored|_vendor|extern(al)?s?|dist)/"
                            + "|^(deps|dependencies)/|(^|/)docs?/_?(build|themes?|static)/"
                            + "|(^|/)(jquery[^/]*|bootstrap[^./]*|modernizr[^/]*|html5shiv|d3(\\.v\\d+)?"
                            + "|mootools[^/]*|ckeditor|MathJax|yui[^./]*)\\.js$|(^|/)cpplint\\.py$",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern TEST_DATA_PATH =
            Pattern.compile(
                    "(^|/)(test[-_]?data|test[-_]?(fixtures?|resources?|files?|inputs?)"
                        + "|__fixtures__|__snapshots__|fixtures|src/test/resources)/"
                        + "|(^|/)(tests?|specs?)/(.*/)?(data|resources|snapshots|golden|corpus)/",
                    Pattern.CASE_INSENSITIVE);

    private final Pattern java;
    private final Pattern other;
    private final IngestReason reason;
    private final String what;

    private PathFilter(Pattern java, Pattern other, IngestReason reason, String what) {
        this.java = java;
        this.other = other;
        this.reason = reason;
        this.what = what;
    }

    static FileFilter vendored() {
        return new PathFilter(
                VENDORED_JAVA,
                VENDORED_OTHER,
                VENDORED,
                "path %s is a copy's (option ingest.drop-vendored)");
    }

    static FileFilter testData() {
        return new PathFilter(
                TEST_DATA_PATH,
                TEST_DATA_PATH,
                TEST_DATA,
                "path %s is of test data (option ingest.drop-test-data)");
    }

    @Override
    public Optional<Refusal> refuse(CandidateFile file) {
        Pattern pattern = file.path().endsWith(".java") ? java : other;
        return pattern.matcher(file.path()).find()
                ? Optional.of(new Refusal(reason, what.formatted(file.path())))
                : Optional.empty();
    }
}
