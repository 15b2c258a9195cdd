package io.prefstream.synthesize;

import io.prefstream.jobs.common.Reason;

/** Why an attempt gave no candidate. */
public enum SynthesizeReason implements Reason {
    /** Its code is of a kind of which synthesize.classify.*-share leaves it out. */
    KIND_NOT_WANTED("kind-not-wanted"),
    /** There is no grammar for the snippet's language. */
    LANGUAGE_NOT_SUPPORTED("language-not-supported"),
    /** The strategy makes nothing of this kind of snippet, such as a whole class. */
    KIND_NOT_SUPPORTED("kind-not-supported"),
    /** The snippet itself has syntax errors. */
    UNPARSEABLE_SNIPPET("unparseable-snippet"),
    /** No mutation operator applies anywhere in the snippet. */
    NO_MUTATION_SITE("no-mutation-site"),
    /** Every mutant that was tried has syntax errors. */
    MUTANT_DOES_NOT_PARSE("mutant-does-not-parse"),
    /** The instruction exceeds synthesize.instruction.max-chars. */
    INSTRUCTION_TOO_LONG("instruction-too-long"),
    /** Another variant of the same snippet already gave the same pair. */
    DUPLICATE_VARIANT("duplicate-variant"),
    /** The commit's message doesn't read as a fix of what code does. */
    NOT_A_FIX("not-a-fix"),
    /** The commit changed more than one fix does. */
    CHANGE_TOO_LARGE("change-too-large"),
    /** The commit changed only white space and comments. */
    NO_CODE_CHANGED("no-code-changed"),
    /** An answer reached the limit of tokens before its end. */
    ANSWER_CUT("answer-cut"),
    /** The critic has nothing to make better. */
    LEFT_AS_IT_IS("left-as-it-is"),
    /** Of several samples no two are both whole and told apart by the preference model or tests. */
    SAMPLES_ALIKE("samples-alike"),
    /** No tests could be had, or none of their language can be run. */
    NO_TESTS("no-tests"),
    /** No release of the preference model is announced yet, or the newest can't be used. */
    NO_PREFERENCE_MODEL("no-preference-model"),
    /**
     * A generator refused the request, or failed at it again and again while others were served.
     */
    GENERATION_FAILED("generation-failed");

    private final String code;

    SynthesizeReason(String code) {
        this.code = code;
    }

    @Override
    public String code() {
        return code;
    }
}
