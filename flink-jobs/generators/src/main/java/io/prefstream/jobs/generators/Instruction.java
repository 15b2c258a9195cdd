package io.prefstream.jobs.generators;

/**
 * What the answers of a pair are answers to, in its parts.
 *
 * @param said what the function is to do, in one line; empty where nobody says it
 * @param source who wrote it, in the words of the record
 */
public record Instruction(String said, String signature, String source) {

    /** As it stands on a record. */
    public String text() {
        return said.isEmpty() ? signature : said + "\n" + signature;
    }

    /** The same with one more sentence. */
    public Instruction saying(String sentence) {
        return new Instruction(
                said.isEmpty() ? sentence : said + " " + sentence, signature, source);
    }
}
