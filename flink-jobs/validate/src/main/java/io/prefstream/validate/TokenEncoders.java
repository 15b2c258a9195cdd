package io.prefstream.validate;

import io.prefstream.validate.checks.TokenEncoder;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Opens the tokenizer in the task's process. */
@FunctionalInterface
interface TokenEncoders extends Serializable {

    /**
     * The encoder.
     *
     * @param tokenizer path of the tokenizer.json, null to count bytes
     */
    TokenEncoder open(@Nullable String tokenizer) throws Exception;
}
