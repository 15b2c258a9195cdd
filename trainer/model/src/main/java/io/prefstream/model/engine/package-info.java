/** Generation and scoring for many callers at once: continuous batching over a paged cache. */
@NullMarked
package io.prefstream.model.engine;

import org.jspecify.annotations.NullMarked;
