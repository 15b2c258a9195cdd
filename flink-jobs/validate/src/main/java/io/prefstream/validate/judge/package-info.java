/** Models that are asked which side of a pair is better. */
@NullMarked
package io.prefstream.validate.judge;

import org.jspecify.annotations.NullMarked;
