package io.prefstream.peers;

/** An engine under comparison. Tokens in, tokens out: tokenizers are nobody's business here. */
public interface Peer {

    /** Gets ready for this many requests at once. */
    void open(int concurrency) throws Exception;

    /**
     * Continues a prompt greedily by exactly {@code fresh} tokens, whether or not one of them ends
     * texts. Called by as many threads at once as {@link #open} was told.
     */
    int[] generate(int[] prompt, int fresh) throws Exception;

    void close() throws Exception;
}
