package io.prefstream.replay;

/**
 * What the buffer knows of an item beside its bytes.
 *
 * @param repository canonical name of the repository it came from; empty if it has none
 * @param language in lower case; empty if it has none
 * @param strategy how it was made; empty if unknown
 * @param confidence estimated probability in [0, 1] that its label is right
 */
public record ItemTraits(String repository, String language, String strategy, double confidence) {

    /** An item that nothing is known of: its label is taken for right. */
    public static final ItemTraits NONE = new ItemTraits("", "", "", 1);

    public ItemTraits {
        if (!(confidence >= 0 && confidence <= 1)) {
            throw new IllegalArgumentException(
                    "confidence of %s: must be in [0, 1]".formatted(confidence));
        }
    }

    ItemTraits withConfidence(double other) {
        return other == confidence ? this : new ItemTraits(repository, language, strategy, other);
    }
}
