package io.prefstream.validate.judge;

import static io.prefstream.validate.judge.Preferred.A;
import static io.prefstream.validate.judge.Preferred.B;
import static io.prefstream.validate.judge.Preferred.NEITHER;
import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.generation.Prompt;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.Verdict;
import io.prefstream.validate.Candidates;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VoteTest {

    @Test
    void aSideHasTheVoteThatIsCalledBetterInBothOrders() {
        assertThat(vote(A, B).value()).isEqualTo(1);
        assertThat(vote(B, A).value()).isEqualTo(-1);
        assertThat(vote(NEITHER, NEITHER)).isEqualTo(new Vote(0, "neither, by large@1"));
        assertThat(vote(A, B)).isEqualTo(new Vote(1, "chosen, by large@1"));
    }

    @Test
    void aJudgeThatGoesByThePlaceVotesForNeither() {
        for (Vote vote : List.of(vote(A, A), vote(B, B), vote(A, NEITHER), vote(NEITHER, A))) {
            assertThat(vote.value()).isZero();
            assertThat(vote.why()).contains("changes with the order");
        }
    }

    @Test
    void whoSaysNothingInOneOrderHasNoVote() {
        assertThat(Vote.of("large@1", Optional.empty(), Optional.of(A))).isEmpty();
        assertThat(Vote.of("large@1", Optional.of(A), Optional.empty())).isEmpty();
    }

    @Test
    void theLastWordOfAnAnswerCounts() {
        assertThat(Preferred.in("B handles null. [[B]]")).contains(B);
        assertThat(Preferred.in("At first [[A]] looks right, but: [[C]]\n")).contains(NEITHER);
        assertThat(Preferred.in("Answer A is better.")).isEmpty();
        assertThat(Preferred.in("[[D]] [A] [[a]]")).isEmpty();
        assertThat(Preferred.in("")).isEmpty();
    }

    @Test
    void bothOrdersShowTheSameTaskAndTheSidesExchanged() {
        var pair = Candidates.good();
        String first = text(JudgePrompt.of(pair, true));
        String second = text(JudgePrompt.of(pair, false));

        assertThat(first).contains(pair.getInstruction(), "task in java");
        assertThat(first)
                .containsSubsequence(
                        "Answer A:", pair.getChosen().getText(),
                        "Answer B:", pair.getRejected().getText());
        assertThat(second)
                .containsSubsequence(
                        "Answer A:", pair.getRejected().getText(),
                        "Answer B:", pair.getChosen().getText());
        assertThat(first).hasSameSizeAs(second);
    }

    @Test
    void supportIsChosensPartOfTheVotes() {
        assertThat(JudgeRule.support(List.of())).isEmpty();
        assertThat(JudgeRule.support(List.of(Vote.abstained("away")))).isEmpty();
        assertThat(JudgeRule.support(outcomes(vote(A, B), vote(B, A), vote(A, A), vote(A, B))))
                .hasValue(0.625);
    }

    @Test
    void aPairIsDoubtedBelowTheLeastSupport() {
        JudgeRule rule = new JudgeRule(0.5);

        assertThat(rule.doubt(outcomes(vote(A, B), vote(B, A)))).isEmpty();
        assertThat(rule.doubt(List.of(Vote.abstained("away")))).isEmpty();
        assertThat(rule.doubt(outcomes(vote(A, A), vote(B, A))))
                .hasValueSatisfying(
                        refused ->
                                assertThat(refused.detail())
                                        .isEqualTo(
                                                "chosen has 0.25 of the judges' votes, less than"
                                                        + " validate.judge.min-support=0.5"));
    }

    @Test
    void everyVoteIsAnOutcome() {
        CheckOutcome against = vote(B, A).asCheck();

        assertThat(against.getCheck()).isEqualTo("judge-vote");
        assertThat(against.getVerdict()).isEqualTo(Verdict.FAIL);
        assertThat(against.getValue()).isEqualTo(-1.0);
        assertThat(against.getDetail()).isEqualTo("rejected, by large@1");
        assertThat(Vote.abstained("away").getVerdict()).isEqualTo(Verdict.SKIPPED);
    }

    private static Vote vote(Preferred chosenFirst, Preferred rejectedFirst) {
        return Vote.of("large@1", Optional.of(chosenFirst), Optional.of(rejectedFirst))
                .orElseThrow();
    }

    private static List<CheckOutcome> outcomes(Vote... votes) {
        return Stream.of(votes).map(Vote::asCheck).toList();
    }

    private static String text(Prompt prompt) {
        return ((Prompt.Chat) prompt).messages().get(0).content();
    }
}
