package io.prefstream.validate;

import io.prefstream.validate.admission.AdmissionSettings;
import io.prefstream.validate.bias.BiasSettings;
import io.prefstream.validate.execution.ExecutionSettings;
import io.prefstream.validate.margin.MarginSettings;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The validate job's settings, read and checked by {@link ValidateOptions#settings}.
 *
 * @param rulesVersion version of these rules, at least 1
 * @param inferenceThreads threads of the process's scorer
 * @param modelName the model whose releases give margins, null for any
 * @param minMargin pairs with a smaller margin are refused, null to refuse none
 * @param execution how tests are run, null to run none
 * @param admission what a pair depends on beside itself
 * @param bias what is measured of accepted pairs
 */
public record ValidateSettings(
        int rulesVersion,
        CheckSettings checks,
        HoldoutSplit split,
        LabelConfidence confidence,
        MarginSettings margin,
        int inferenceThreads,
        @Nullable String modelName,
        @Nullable Double minMargin,
        @Nullable ExecutionSettings execution,
        AdmissionSettings admission,
        BiasSettings bias)
        implements Serializable {}
