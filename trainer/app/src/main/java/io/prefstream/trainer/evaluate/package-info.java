/** What a preference model is worth: {@code prefstream evaluate}. */
@NullMarked
package io.prefstream.trainer.evaluate;

import org.jspecify.annotations.NullMarked;
