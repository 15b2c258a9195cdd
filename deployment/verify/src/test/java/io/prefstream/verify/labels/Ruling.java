package io.prefstream.verify.labels;

/** What an independent check says of a label. */
enum Ruling {
    CONFIRMED_BY_COMPILER,
    CONFIRMED_BY_TESTS,
    CONTRADICTED_BY_COMPILER,
    CONTRADICTED_BY_TESTS,
    /** Both compile, and the tests pass with both. */
    BOTH_PASS,
    /** Both compile, and the tests fail with both. */
    BOTH_FAIL,
    /** Some tests speak for chosen and others for rejected. */
    TESTS_AT_ODDS,
    /** Both compile, and there are no tests of this type that pass. */
    NO_TESTS,
    NEITHER_COMPILES,
    /**
     * The function isn't found once in its file, or the file doesn't compile as it is; of a commit
     * also where what stood before doesn't compile among what the commit made of the rest.
     */
    NOT_PLACED;

    boolean confirmed() {
        return this == CONFIRMED_BY_COMPILER || this == CONFIRMED_BY_TESTS;
    }

    boolean contradicted() {
        return this == CONTRADICTED_BY_COMPILER || this == CONTRADICTED_BY_TESTS;
    }

    /** Whether something that was compiled or run speaks for a side. */
    boolean decides() {
        return confirmed() || contradicted() || this == TESTS_AT_ODDS;
    }
}
