package io.prefstream.verify;

import io.prefstream.content.testing.GitRepositoryOnDisk;
import java.nio.file.Path;

/** A repository of small functions that pass every filter and can be mutated. */
final class Meters {

    /** Functions in the first commit: one of Java and one of Python for each number. */
    static final int FUNCTIONS = 60;

    private Meters() {}

    static GitRepositoryOnDisk repository(Path folder) {
        GitRepositoryOnDisk repository = GitRepositoryOnDisk.create(folder);
        for (int i = 0; i < FUNCTIONS / 2; i++) {
            repository.write("src/Meter%d.java".formatted(i), java(i));
            repository.write("src/meter%d.py".formatted(i), python(i));
        }
        repository.commit("functions");
        return repository;
    }

    static String java(int i) {
        return """
        /** Meter number %1$d. */
        class Meter%1$d {

            /** Adds up what meter %1$d has read between two marks. */
            static int total%1$d(int from, int to, int limit) {
                int low = from * %2$d;
                int high = to + low;
                if (low > limit) {
                    return high - low;
                }
                for (int mark = from; mark < to; mark++) {
                    high = high + mark * limit;
                    low = low - from;
                }
                return low < high ? low : high + %2$d;
            }
        }
        """
                .formatted(i, i + 2);
    }

    static String python(int i) {
        return """
        def scaled_%1$d(left, right, limit):
            \"\"\"Scale the reading of meter %1$d and keep it below a limit.\"\"\"
            low = left * %2$d
            high = right + low
            if low > limit:
                return high - low
            for mark in range(limit):
                high = high + mark * left
                low = low - right
            return min(low, high + %2$d)
        """
                .formatted(i, i + 2);
    }
}
