package io.prefstream.validate.bias;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Response;
import io.prefstream.validate.Candidates;
import io.prefstream.validate.HoldoutSplit;
import io.prefstream.validate.LabelConfidence;
import io.prefstream.validate.PairAssembly;
import java.time.Instant;
import java.util.List;

/** Accepted pairs as facts. */
final class Pairs {

    static final Instant NOON = Candidates.FIRST_OF_MAY;

    private static final PairAssembly ASSEMBLY =
            new PairAssembly(
                    "test/1",
                    1,
                    new HoldoutSplit(0, HoldoutSplit.Unit.FILE),
                    new LabelConfidence(0, 0.7));

    private Pairs() {}

    static PreferencePair chosenLonger(Instant publishedAt, String language) {
        return accepted(Candidates.of(language, "src/Fox", "abcd", "abc"), publishedAt);
    }

    static PreferencePair rejectedLonger(Instant publishedAt, String language) {
        return accepted(Candidates.of(language, "src/Fox", "abc", "abcd"), publishedAt);
    }

    static PreferencePair generated(String chosen, String rejected) {
        CandidatePair same = Candidates.java("abc", "abd");
        return accepted(
                CandidatePair.newBuilder(same)
                        .setChosen(by(chosen, same.getChosen()))
                        .setRejected(by(rejected, same.getRejected()))
                        .build(),
                NOON);
    }

    static PreferencePair accepted(CandidatePair candidate, Instant publishedAt) {
        return ASSEMBLY.draft(
                CandidatePair.newBuilder(candidate).setPublishedAt(publishedAt).build(), List.of());
    }

    private static Response by(String generator, Response response) {
        return Response.newBuilder(response).setGenerator(generator).build();
    }
}
