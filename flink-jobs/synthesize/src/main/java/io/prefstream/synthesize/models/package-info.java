/** Pairs of a strong and a weak model's answers to one description (CodePMP, section 3.1). */
@NullMarked
package io.prefstream.synthesize.models;

import org.jspecify.annotations.NullMarked;
