package io.prefstream.synthesize;

import io.prefstream.jobs.generators.Instruction;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.Response;
import io.prefstream.synthesize.tests.TestWriter;
import java.util.List;

/** What came of trying to make a pair. */
public sealed interface Attempt {

    /** A pair, not yet validated. */
    record Candidate(CandidatePair pair) implements Attempt {

        /**
         * The same pair, told apart by a preference model.
         *
         * @param model id of its checkpoint
         */
        public Candidate preferredBy(String model) {
            return new Candidate(CandidatePair.newBuilder(pair).setPreferredBy(model).build());
        }

        /**
         * The same pair, told apart by tests.
         *
         * @param chosen part of them that chosen passes, in [0, 1]
         * @param rejected part that rejected passes
         */
        public Candidate testedBy(TestWriter.Written tests, double chosen, double rejected) {
            return new Candidate(
                    CandidatePair.newBuilder(tests.on(pair))
                            .setChosenPassRate(chosen)
                            .setRejectedPassRate(rejected)
                            .build());
        }

        /**
         * A pair that answers a snippet's instruction; its id is that of its texts.
         *
         * @param edits that lead from chosen to rejected, for strategies that edit
         * @param producer name and version of the strategy
         */
        public static Candidate of(
                CodeSnippet snippet,
                Instruction instruction,
                Response chosen,
                Response rejected,
                String strategy,
                List<String> edits,
                String producer) {
            return new Candidate(
                    CandidatePair.newBuilder()
                            .setId(
                                    ContentId.of(
                                            instruction.text(),
                                            chosen.getText(),
                                            rejected.getText()))
                            .setSnippetId(snippet.getId())
                            .setRepository(snippet.getRepository())
                            .setRevision(snippet.getRevision())
                            .setPath(snippet.getPath())
                            .setLanguage(snippet.getLanguage())
                            .setInstruction(instruction.text())
                            .setInstructionSource(instruction.source())
                            .setChosen(chosen)
                            .setRejected(rejected)
                            .setStrategy(strategy)
                            .setEdits(edits)
                            .setLicence(snippet.getLicence())
                            .setPublishedAt(snippet.getPublishedAt())
                            .setProducer(producer)
                            .build());
        }
    }

    /**
     * No pair.
     *
     * @param detail one line in words
     */
    record NoCandidate(SynthesizeReason reason, String detail) implements Attempt {}
}
