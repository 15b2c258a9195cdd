package io.prefstream.validate;

import io.prefstream.validate.checks.BalanceCheck;
import io.prefstream.validate.checks.BothParseCheck;
import io.prefstream.validate.checks.ChatterCheck;
import io.prefstream.validate.checks.Check;
import io.prefstream.validate.checks.DepthCheck;
import io.prefstream.validate.checks.DistinctCheck;
import io.prefstream.validate.checks.FinishReasonCheck;
import io.prefstream.validate.checks.LanguageCheck;
import io.prefstream.validate.checks.LoopCheck;
import io.prefstream.validate.checks.NonEmptyCheck;
import io.prefstream.validate.checks.Objection;
import io.prefstream.validate.checks.RefusalCheck;
import io.prefstream.validate.checks.SignatureCheck;
import io.prefstream.validate.checks.SimilarityCheck;
import io.prefstream.validate.checks.StubCheck;
import io.prefstream.validate.checks.TokenBudgetCheck;
import io.prefstream.validate.checks.TokenEncoder;
import io.prefstream.validate.checks.TrivialDifferenceCheck;
import io.prefstream.validate.checks.UndefinedNamesCheck;
import io.prefstream.validate.checks.ValidateReason;
import java.util.List;
import java.util.stream.Stream;

/**
 * The checks that need no model, the cheap ones first: those that read the text, then those that
 * want it parsed, of which the first pays for the parse.
 */
final class Layers {

    private Layers() {}

    /**
     * @param balances checks that remember other pairs but read a pair's text alone
     */
    static List<Check> ofChecks(
            CheckSettings settings, TokenEncoder encoder, List<BalanceCheck> balances) {
        List<Check> ofText =
                List.of(
                        new NonEmptyCheck(),
                        new FinishReasonCheck(objection(settings, ValidateReason.CUT_ANSWER)),
                        new ChatterCheck(objection(settings, ValidateReason.CHATTER)),
                        new RefusalCheck(objection(settings, ValidateReason.REFUSAL)),
                        new LoopCheck(settings.maxLoopShare()),
                        new TokenBudgetCheck(
                                encoder, settings.contextTokens(), settings.overBudget()));
        List<Check> ofTrees =
                List.of(
                        new LanguageCheck(objection(settings, ValidateReason.OTHER_LANGUAGE)),
                        new BothParseCheck(settings.maxSyntaxErrors()),
                        new DepthCheck(settings.maxDepth()),
                        new DistinctCheck(),
                        new StubCheck(objection(settings, ValidateReason.STUB)),
                        new TrivialDifferenceCheck(
                                objection(settings, ValidateReason.TRIVIAL_DIFFERENCE)),
                        new SimilarityCheck(settings.minSimilarity(), settings.maxSimilarity()),
                        new UndefinedNamesCheck(settings.maxUndefinedNames()),
                        new SignatureCheck(objection(settings, ValidateReason.OTHER_SIGNATURE)));
        return Stream.of(ofText, balances, ofTrees).<Check>flatMap(List::stream).toList();
    }

    private static Objection objection(CheckSettings settings, ValidateReason reason) {
        return new Objection(reason, settings.refused().contains(reason));
    }
}
