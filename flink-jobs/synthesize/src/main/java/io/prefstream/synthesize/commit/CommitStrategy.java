package io.prefstream.synthesize.commit;

import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.generators.Instruction;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.CommitChange;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.SnippetKind;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.Instructions;
import io.prefstream.synthesize.Strategy;
import io.prefstream.synthesize.SynthesizeReason;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * Chosen is a function after a commit that fixed it, rejected the same function before: CodeFavor's
 * Commit-Instruct (arXiv 2410.03837), with the message's words and the size of the change in the
 * place of its critic.
 *
 * <p>Asks no model and draws nothing. The label is the committer's word that something was wrong;
 * both sides are people's code, under one signature. The instruction is what the documentation says
 * after the commit: it tells what the function is for, never that it was fixed, as nothing of the
 * message goes into it.
 */
public final class CommitStrategy implements Strategy {

    public static final String NAME = "commit";

    private static final String PRODUCER = "synthesize.commit/1";

    private static final int SHOWN = 80;

    private final CommitSettings settings;

    public CommitStrategy(CommitSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return NAME;
    }

    /**
     * Functions that a commit changed; that one is much like an earlier snippet, as its own earlier
     * revision, is how it has to be.
     */
    @Override
    public boolean suits(CodeSnippet snippet) {
        return snippet.getChange() != null
                && snippet.getKind() == SnippetKind.FUNCTION
                && Language.ofCode(snippet.getLanguage()).isPresent();
    }

    @Override
    public CompletableFuture<Attempt> attempt(CodeSnippet snippet, long seed, RetryBudget budget) {
        return CompletableFuture.completedFuture(
                attempt(
                        snippet,
                        snippet.getChange(),
                        Language.ofCode(snippet.getLanguage()).orElseThrow()));
    }

    private Attempt attempt(CodeSnippet snippet, CommitChange change, Language language) {
        Optional<String> noFix = FixMessage.whyNone(change.getMessage());
        if (noFix.isPresent()) {
            return new NoCandidate(
                    SynthesizeReason.NOT_A_FIX,
                    "commit %s, '%s', is no fix: %s"
                            .formatted(
                                    snippet.getRevision(),
                                    shown(change.getMessage()),
                                    noFix.get()));
        }
        if (change.getChangedFiles() > settings.maxChangedFiles()) {
            return new NoCandidate(
                    SynthesizeReason.CHANGE_TOO_LARGE,
                    "commit %s of %,d files exceeds synthesize.commit.max-changed-files=%,d"
                            .formatted(
                                    snippet.getRevision(),
                                    change.getChangedFiles(),
                                    settings.maxChangedFiles()));
        }
        Instruction instruction = Instructions.of(snippet, language, settings.maxDocChars());
        return Instructions.tooLong(instruction, settings.maxInstructionChars())
                .or(() -> noFixOf(snippet, change, language))
                .<Attempt>map(none -> none)
                .orElseGet(
                        () ->
                                Candidate.of(
                                        snippet,
                                        instruction,
                                        published(snippet.getText(), snippet.getRevision()),
                                        published(change.getBefore(), change.getParent()),
                                        NAME,
                                        List.of(),
                                        PRODUCER));
    }

    /** Why what the commit did to the function isn't a fix of it; empty if it may be. */
    private Optional<NoCandidate> noFixOf(
            CodeSnippet snippet, CommitChange change, Language language) {
        Optional<CodeTokens> after = CodeTokens.of(language, snippet.getText());
        Optional<CodeTokens> before = CodeTokens.of(language, change.getBefore());
        if (after.isEmpty() || before.isEmpty()) {
            return Optional.of(
                    new NoCandidate(
                            SynthesizeReason.UNPARSEABLE_SNIPPET,
                            "the function has syntax errors %s commit %s"
                                    .formatted(
                                            after.isEmpty() ? "after" : "before",
                                            snippet.getRevision())));
        }
        int limit = settings.maxChangedTokens();
        OptionalInt changes = before.get().changesTo(after.get(), limit);
        if (changes.isEmpty()) {
            return Optional.of(
                    new NoCandidate(
                            SynthesizeReason.CHANGE_TOO_LARGE,
                            "what commit %s took out and put in exceeds synthesize.commit.max-changed-tokens=%,d"
                                    .formatted(snippet.getRevision(), limit)));
        }
        return changes.getAsInt() > 0
                ? Optional.empty()
                : Optional.of(
                        new NoCandidate(
                                SynthesizeReason.NO_CODE_CHANGED,
                                "commit %s changed white space and comments alone"
                                        .formatted(snippet.getRevision())));
    }

    /** The subject, or its beginning. */
    private static String shown(String message) {
        String subject = message.lines().findFirst().orElse("");
        return subject.length() <= SHOWN ? subject : subject.substring(0, SHOWN) + "…";
    }

    private static Response published(String text, String commit) {
        return Response.newBuilder()
                .setText(text)
                .setGenerator("published")
                .setModelRevision(commit)
                .setFinishReason(FinishReason.PUBLISHED)
                .build();
    }
}
