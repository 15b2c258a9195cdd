package io.prefstream.validate.checks;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.Response;
import java.util.Locale;

/** The two answers of a pair. */
public enum Side {
    CHOSEN,
    REJECTED;

    /** This side of a pair. */
    Response of(CandidatePair pair) {
        return this == CHOSEN ? pair.getChosen() : pair.getRejected();
    }

    /** As it stands in details. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
