package io.prefstream.validate;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.StageLedger;
import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.validate.checks.BalanceCheck;
import io.prefstream.validate.checks.CodeReader;
import io.prefstream.validate.checks.Court;
import io.prefstream.validate.checks.Judgement;
import io.prefstream.validate.checks.TokenEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;

/**
 * Refuses what is excluded, before anything else is done with it, and makes the checks that need no
 * model, the cheap ones first; a refusal goes to {@link Rejections#TAG}. Counts the candidates that
 * come in.
 */
final class CheckCandidates
        extends BroadcastProcessFunction<CandidatePair, Either<OptOut, Benchmark>, PreferencePair>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    /** Each subtask's, all of them equal. */
    private static final ListStateDescriptor<Integer> RULES =
            new ListStateDescriptor<>("rules-version", Types.INT);

    private static final ListStateDescriptor<BalanceTally> BALANCES =
            new ListStateDescriptor<>("balances", TypeInformation.of(BalanceTally.class));

    private final Exclusions.Source excluded;
    private final CheckSettings settings;
    private final PairAssembly assembly;
    private final TokenEncoders encoders;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient List<BalanceCheck> balanceChecks;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient ListState<BalanceTally> savedBalances;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient ListState<Integer> savedRules;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger ledger;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient StageLedger.Count candidatesIn;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient Exclusions exclusions;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient Court court;

    CheckCandidates(
            Exclusions.Source excluded,
            CheckSettings settings,
            PairAssembly assembly,
            TokenEncoders encoders) {
        this.excluded = excluded;
        this.settings = settings;
        this.assembly = assembly;
        this.encoders = encoders;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        ledger = StageLedger.restore(ValidatePipeline.STAGE, getRuntimeContext(), context);
        candidatesIn = ledger.in(ValidatePipeline.UNIT);
        balanceChecks =
                settings.balanced().stream()
                        .map(
                                measure ->
                                        new BalanceCheck(
                                                measure,
                                                settings.imbalanceLimit(),
                                                pair -> assembly.split().of(pair).toString()))
                        .toList();
        savedRules = context.getOperatorStateStore().getUnionListState(RULES);
        for (int saved : savedRules.get()) {
            requireSameRules(saved);
        }
        savedBalances = context.getOperatorStateStore().getListState(BALANCES);
        for (BalanceTally tally : savedBalances.get()) {
            balanceChecks.stream()
                    .filter(check -> check.name().equals(tally.check()))
                    .forEach(check -> check.restore(tally.group(), tally.balance()));
        }
    }

    /** What admitted by other rules mustn't count here: neither balances nor near-duplicates. */
    private void requireSameRules(int saved) {
        if (saved != assembly.rulesVersion()) {
            throw new SuppressRestartsException(
                    new IllegalStateException(
                            "the state to go on from was left by rules %d, and --%s=%d begins with none: leave out --%s"
                                    .formatted(
                                            saved,
                                            ValidateOptions.RULES_VERSION.key(),
                                            assembly.rulesVersion(),
                                            JobEnvironment.RESTORE_FROM.key())));
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        ledger.snapshot(context);
        savedRules.update(List.of(assembly.rulesVersion()));
        List<BalanceTally> tallies = new ArrayList<>();
        for (BalanceCheck check : balanceChecks) {
            check.balances()
                    .forEach(
                            (group, balance) ->
                                    tallies.add(new BalanceTally(check.name(), group, balance)));
        }
        savedBalances.update(tallies);
    }

    @Override
    public void open(OpenContext context) throws Exception {
        exclusions = excluded.read();
        TokenEncoder encoder = encoders.open(settings.tokenizer());
        court = new Court(new CodeReader(), Layers.ofChecks(settings, encoder, balanceChecks));
    }

    @Override
    public void processElement(
            CandidatePair candidate, ReadOnlyContext context, Collector<PreferencePair> out) {
        candidatesIn.add();
        Optional<Rejection> refusal = exclusions.refusal(candidate);
        if (refusal.isPresent()) {
            context.output(Rejections.TAG, refusal.get());
            return;
        }
        Judgement judgement = court.judge(candidate);
        if (judgement instanceof Judgement.Admitted admitted) {
            List<CheckOutcome> outcomes = new ArrayList<>(exclusions.passed());
            outcomes.addAll(admitted.outcomes());
            out.collect(assembly.draft(candidate, outcomes));
        } else if (judgement instanceof Judgement.Refused refused) {
            context.output(
                    Rejections.TAG, Refusals.of(candidate, refused.reason(), refused.detail()));
        }
    }

    @Override
    public void processBroadcastElement(
            Either<OptOut, Benchmark> told, Context context, Collector<PreferencePair> out) {
        exclusions.add(told);
    }
}
