package io.prefstream.synthesize;

import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.topics.flink.AvroType;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/**
 * A snippet of which attempts are made, and the preference model that those are to ask which follow
 * its releases: the choice is in the data, so that what is asked again after a failure is the same
 * question.
 *
 * @param release the newest one when the snippet came by, null where none is followed or known
 */
public record SnippetTask(CodeSnippet snippet, @Nullable ReleaseModel release) {

    /** Flink's type of it, by hand: Flink cannot derive that of an Avro record without setters. */
    static final TypeInformation<SnippetTask> TYPE =
            Types.POJO(
                    SnippetTask.class,
                    Map.of(
                            "snippet", AvroType.forRecord(CodeSnippet.class),
                            "release", TypeInformation.of(ReleaseModel.class)));
}
