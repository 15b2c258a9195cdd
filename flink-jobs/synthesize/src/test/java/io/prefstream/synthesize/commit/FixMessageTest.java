package io.prefstream.synthesize.commit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FixMessageTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Fix the limit of meters that read backwards",
                "Fixes #1234: read the last mark",
                "fixed a bug in the tokenizer",
                "LANG-1701: fixing NPE in StringUtils.strip",
                "[LANG-1701] Bug in NumberUtils.createNumber",
                "Bugfix: last mark was left out",
                "bug-fix for negative totals",
                "fix(parser)!: accept an empty list",
                "hotfix: total",
                "Correct a defect in the scanner",
                "Patch for issue 77",
                "Issue #77 - totals of nothing",
                "Closes #12",
                "Resolve #12 by counting both ends",
                "Off-by-one in the ring buffer",
                "CVE-2024-12345",
                "Regression in date parsing",
                "Return the right total instead of a wrong one",
                "Avoid NullPointerException when the list is empty",
                "Prevent a possible deadlock on close",
                "Prevents ArrayIndexOutOfBoundsException",
                "Fix date format",
                "Fix NPE and add test",
                "Count both ends\n\nThe last mark was left out.\n\nFixes #12",
                "Count both ends\n\nfix: org/repo#12",
                "Count both ends\n\nFixes: 1da177e4c3f4 (\"Count\")"
            })
    void saysThatSomethingWasWrong(String message) {
        assertThat(FixMessage.whyNone(message)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Add a total of meters",
                "",
                "\n\n",
                "Prefix the names of meters",
                "Debug output for the scanner",
                "Suffixes of fixtures",
                "Add dispatch of events",
                "Use default values",
                "Avoid a second look-up",
                "Improve performance\n\nThis makes the bug in X unlikely to be noticed.",
                "Support issues of type 4"
            })
    void saysNothingOfTheKind(String message) {
        assertThat(FixMessage.whyNone(message))
                .contains("no word in its subject says that something was wrong");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Merge branch 'fix-12'                  | its subject begins with 'Merge'",
                "Merge pull request #12 from ada/bugfix | its subject begins with 'Merge'",
                "Revert \"Fix the total\"               | its subject begins with 'Revert'",
                "Bump guava from 31 to 32 to fix CVE-1-1| its subject begins with 'Bump'",
                "Release 1.2.1 (bugfix release)         | its subject begins with 'Release'",
                "fixup! Fix the total                   | its subject begins with 'fixup!'",
                "feat: fix what users ask for           | it is of type 'feat'",
                "docs(readme): fix link                 | it is of type 'docs'",
                "style: fix                             | it is of type 'style'",
                "Test: fix flaky                        | it is of type 'test'",
                "Fix typo in variable                   | its subject speaks of 'typo'",
                "Fix Javadoc                            | its subject speaks of 'Javadoc'",
                "Fixed misspelled name                  | its subject speaks of 'misspelled'",
                "fix comments                           | its subject speaks of 'comments'",
                "Fix formatting                         | its subject speaks of 'formatting'",
                "Fix indentation                        | its subject speaks of 'indentation'",
                "Fix checkstyle violations              | its subject speaks of 'checkstyle'",
                "Fix PEP8 issues                        | its subject speaks of 'PEP8'",
                "Fix: rename method                     | its subject speaks of 'rename'",
                "Refactoring to fix design              | its subject speaks of 'Refactoring'",
                "Fix unused imports                     | its subject speaks of 'unused imports'",
                "Upgrade to 4.2 to fix a bug            | its subject speaks of 'Upgrade'",
                "Fix broken build                       | its subject speaks of 'build'",
                "Fix compilation on Java 21             | its subject speaks of 'compilation'",
                "Fix CI                                 | its subject speaks of 'CI'",
                "Fix compiler warnings                  | its subject speaks of 'warnings'",
                "Fix error message of the scanner       | its subject speaks of 'error message'",
                "Fix the flaky tests                    | its subject speaks of 'Fix the flaky"
                        + " tests'",
                "Fix licence header                     | its subject speaks of 'licence'"
            })
    void fixesWhatIsNotCode(String message, String why) {
        assertThat(FixMessage.whyNone(message)).contains(why);
    }

    @Test
    void theRestOfAMessageNeitherMakesAFixNorUnmakesOne() {
        assertThat(FixMessage.whyNone("Fix the total\n\nAlso a typo in the documentation."))
                .isEmpty();
        assertThat(FixMessage.whyNone("Add the total\n\nThe bug was fixed long ago.")).isPresent();
        assertThat(FixMessage.whyNone("docs: total\n\nFixes #12")).contains("it is of type 'docs'");
    }
}
