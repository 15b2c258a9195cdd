package io.prefstream.synthesize.mutation;

/** A directed replacement of one token by another, such as {@code <} by {@code <=}. */
record Substitution(String from, String to) {

    Substitution reversed() {
        return new Substitution(to, from);
    }

    @Override
    public String toString() {
        return from + ":" + to;
    }
}
