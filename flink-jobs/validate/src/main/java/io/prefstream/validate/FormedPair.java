package io.prefstream.validate;

import io.prefstream.schemas.PreferencePair;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.validate.admission.PairForm;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * A pair on its way to {@link AdmitPairs}.
 *
 * @param form what near-duplicates of it have in common with it
 */
public record FormedPair(String form, PreferencePair pair) {

    static final TypeInformation<FormedPair> TYPE =
            Types.POJO(
                    FormedPair.class,
                    Map.of("form", Types.STRING, "pair", AvroType.forRecord(PreferencePair.class)));

    static FormedPair of(PreferencePair pair) {
        return new FormedPair(PairForm.id(pair.getCandidate()), pair);
    }
}
