/** Byte-level BPE: training a vocabulary and encoding with it. */
@NullMarked
package io.prefstream.model.tokenizer;

import org.jspecify.annotations.NullMarked;
