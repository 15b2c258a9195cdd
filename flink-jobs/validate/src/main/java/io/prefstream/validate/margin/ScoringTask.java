package io.prefstream.validate.margin;

import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.topics.flink.AvroType;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/**
 * A pair on its way to the preference model, and the model that it is to be asked: the choice is in
 * the data, so that what is asked again after a failure is the same question.
 *
 * @param draft the pair without a margin
 * @param model the newest release when the pair came by, null where none was published yet
 */
public record ScoringTask(PreferencePair draft, @Nullable ReleaseModel model) {

    /** Flink's type of it, by hand: Flink cannot derive that of an Avro record without setters. */
    public static final TypeInformation<ScoringTask> TYPE =
            Types.POJO(
                    ScoringTask.class,
                    Map.of(
                            "draft", AvroType.forRecord(PreferencePair.class),
                            "model", TypeInformation.of(ReleaseModel.class)));
}
