/** Things that happen later. */
@NullMarked
package io.prefstream.generation.alarm;

import org.jspecify.annotations.NullMarked;
