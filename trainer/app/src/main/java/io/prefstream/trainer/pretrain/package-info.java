/** Training of small language models from source code alone: {@code prefstream pretrain}. */
@NullMarked
package io.prefstream.trainer.pretrain;

import org.jspecify.annotations.NullMarked;
