package io.prefstream.verify.labels;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs test classes in a process of its own. Arguments: the file that the result is written to, a
 * file of the tests that may fail (or {@code -}, where all may), and the classes. The result has a
 * line for each test that failed, and a last one with how many ran; the first that may not fail
 * ends the run.
 */
final class RunTestClasses {

    private RunTestClasses() {}

    public static void main(String[] args) throws Exception {
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(
                                Arrays.stream(args)
                                        .skip(2)
                                        .map(DiscoverySelectors::selectClass)
                                        .toList())
                        .build();
        boolean all = args[1].equals("-");
        Set<String> allowed = all ? Set.of() : Set.copyOf(Files.readAllLines(Path.of(args[1])));
        List<String> lines = new ArrayList<>();
        int[] ran = {0};
        LauncherFactory.create()
                .execute(
                        request,
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(
                                    TestIdentifier test, TestExecutionResult result) {
                                ran[0] += test.isTest() ? 1 : 0;
                                if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                                    lines.add(ProjectTests.FAILED + test.getUniqueId());
                                    if (!all && !allowed.contains(test.getUniqueId())) {
                                        end(Path.of(args[0]), lines, ran[0]);
                                    }
                                }
                            }
                        });
        end(Path.of(args[0]), lines, ran[0]);
    }

    private static void end(Path result, List<String> failed, int ran) {
        List<String> lines = new ArrayList<>(failed);
        lines.add(ProjectTests.RAN + ran);
        try {
            Files.write(result, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Whatever threads a test left behind.
        Runtime.getRuntime().halt(0);
    }
}
