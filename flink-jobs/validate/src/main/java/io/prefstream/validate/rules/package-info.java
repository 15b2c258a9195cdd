/** Judging candidates again by new rules, whose results supersede those of the old ones. */
@NullMarked
package io.prefstream.validate.rules;

import org.jspecify.annotations.NullMarked;
