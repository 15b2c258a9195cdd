/** Wishes not to be trained on, at every stage. */
@NullMarked
package io.prefstream.jobs.common.optout;

import org.jspecify.annotations.NullMarked;
