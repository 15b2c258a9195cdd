package io.prefstream.validate.checks;

import io.prefstream.jobs.common.Reason;

/** Why the validate stage refuses a candidate. */
public enum ValidateReason implements Reason {
    /** One side holds nothing but white space. */
    EMPTY_SIDE("empty-side"),
    /** One side does not fit into the context together with the instruction and the end token. */
    OVER_TOKEN_BUDGET("over-token-budget"),
    /** What is left of both sides after truncation to the context is equal. */
    IDENTICAL_AFTER_TRUNCATION("identical-after-truncation"),
    /** The chosen side has more syntax errors than allowed. */
    CHOSEN_DOES_NOT_PARSE("chosen-does-not-parse"),
    /** The rejected side has more syntax errors than allowed. */
    REJECTED_DOES_NOT_PARSE("rejected-does-not-parse"),
    /** Both sides are the same code but for white space and comments. */
    IDENTICAL_AFTER_NORMALISATION("identical-after-normalisation"),
    /** The sides are so different that the label would be about something else than quality. */
    TOO_DISSIMILAR("too-dissimilar"),
    /** The sides differ by less than the configured band asks for. */
    TOO_SIMILAR("too-similar"),
    /** The pair would make it easier to guess the label from the lengths alone. */
    LENGTH_IMBALANCE("length-imbalance"),
    /** The pair would make it easier to guess the label from the compression ratios alone. */
    COMPRESSION_IMBALANCE("compression-imbalance"),
    /** The token limit of its generator cut one side. */
    CUT_ANSWER("cut-answer"),
    /** One side holds Markdown or sentences around its code. */
    CHATTER("chatter"),
    /** One side is a model's refusal to answer. */
    REFUSAL("refusal"),
    /** One side is mostly one passage over and over. */
    LOOP("loop"),
    /** One side is code of another language than the record's. */
    OTHER_LANGUAGE("other-language"),
    /** The syntax tree of one side is nested too deep. */
    TOO_DEEP("too-deep"),
    /** One side is only the instruction again, or does nothing. */
    STUB("stub"),
    /** The sides differ only in local names or in parentheses. */
    TRIVIAL_DIFFERENCE("trivial-difference"),
    /** The chosen side doesn't declare the function that the instruction asks for. */
    OTHER_SIGNATURE("other-signature"),
    /** The chosen side uses too many names that nothing declares. */
    UNDEFINED_NAMES("undefined-names"),
    /** The pair would make it easier to guess the label from the numbers of lines alone. */
    LINES_IMBALANCE("lines-imbalance"),
    /** The pair would make it easier to guess the label from the shares of comments alone. */
    COMMENT_SHARE_IMBALANCE("comment-share-imbalance"),
    /** The preference model's margin is below the configured minimum. */
    MARGIN_BELOW_MINIMUM("margin-below-minimum"),
    /** Judges prefer the rejected side. */
    JUDGE_DISAGREES("judge-disagrees"),
    /** All that is known of the label makes it less likely than configured. */
    CONFIDENCE_BELOW_MINIMUM("confidence-below-minimum"),
    /** Chosen passes a smaller part of its tests than the configured one. */
    CHOSEN_FAILS_TESTS("chosen-fails-tests"),
    /** Chosen and rejected pass parts of the tests that are closer than configured. */
    TEST_GAP_TOO_SMALL("test-gap-too-small"),
    /** One side or the instruction holds a part of a benchmark. */
    CONTAMINATED("contaminated"),
    /** Its sides are those of an accepted pair but for layout and comments. */
    NEAR_DUPLICATE_PAIR("near-duplicate-pair"),
    /** Its language or its strategy has its share of the accepted pairs already. */
    OVER_QUOTA("over-quota");

    private final String code;

    ValidateReason(String code) {
        this.code = code;
    }

    @Override
    public String code() {
        return code;
    }
}
