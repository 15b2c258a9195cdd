package io.prefstream.validate;

import io.prefstream.jobs.common.decontaminate.Fingerprints;
import io.prefstream.validate.admission.AdmissionSettings;
import io.prefstream.validate.bias.BiasSettings;
import io.prefstream.validate.execution.ExecutionSettings;
import io.prefstream.validate.judge.JudgeSettings;
import io.prefstream.validate.margin.MarginSettings;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The validate job's settings, read and checked by {@link ValidateOptions#settings}.
 *
 * @param rulesVersion version of these rules, at least 1
 * @param benchmarks what no pair may hold a part of, beside what is added while the job runs
 * @param inferenceThreads threads of the process's scorer
 * @param modelName the model whose releases give margins, null for any
 * @param execution how tests are run, null to run none
 * @param judge how judges are asked, null to ask none
 * @param rules what becomes of a pair by what they say
 * @param admission what a pair depends on beside itself
 * @param bias what is measured of accepted pairs
 */
public record ValidateSettings(
        int rulesVersion,
        CheckSettings checks,
        List<Fingerprints> benchmarks,
        HoldoutSplit split,
        LabelConfidence confidence,
        MarginSettings margin,
        int inferenceThreads,
        @Nullable String modelName,
        @Nullable ExecutionSettings execution,
        @Nullable JudgeSettings judge,
        LabelRules rules,
        AdmissionSettings admission,
        BiasSettings bias)
        implements Serializable {}
