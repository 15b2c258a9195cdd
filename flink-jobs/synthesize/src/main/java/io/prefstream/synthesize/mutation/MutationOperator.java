package io.prefstream.synthesize.mutation;

import java.util.List;

/** A way to break a function. Stateless; finds sites and leaves the choice to the strategy. */
interface MutationOperator {

    /** Its name on records, in kebab case: a wire value, never renamed. */
    String id();

    /**
     * Every place where it applies, in source order of discovery, so that a seed picks the same.
     */
    List<Edit> sites(FunctionCode code);
}
