package io.prefstream.validate;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.Split;
import java.io.Serializable;
import java.util.Locale;

/**
 * Which side of the train/holdout split a pair is on: a function of where its code came from, so
 * that every run, replay and machine draws the same line and no function has pairs on both sides.
 *
 * <p>The revision has no part in it: another version of a repository (or of a file) is on the same
 * side as the first.
 *
 * @param share part of the repositories or files that is held out, in [0, 1); the part of the
 *     <i>pairs</i> comes near it only where there are many of them
 * @param by what is never split
 */
public record HoldoutSplit(double share, Unit by) implements Serializable {

    /** What is on one side as a whole. */
    public enum Unit {
        /** A repository: train and holdout never share one. */
        REPOSITORY,
        /** A file, for runs on one or a few repositories. */
        FILE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public HoldoutSplit {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("holdout share " + share + " is not in [0, 1)");
        }
    }

    /** The side of a candidate's pair. */
    public Split of(CandidatePair pair) {
        double place =
                switch (by) {
                    case REPOSITORY -> ContentId.fraction("holdout", pair.getRepository());
                    case FILE ->
                            ContentId.fraction("holdout", pair.getRepository(), pair.getPath());
                };
        return place < share ? Split.HOLDOUT : Split.TRAIN;
    }
}
