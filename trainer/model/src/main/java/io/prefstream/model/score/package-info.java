/** Batched, shared scoring with a model that can be swapped while it runs. */
@NullMarked
package io.prefstream.model.score;

import org.jspecify.annotations.NullMarked;
