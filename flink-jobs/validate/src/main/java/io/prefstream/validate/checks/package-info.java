/** What a candidate pair must hold to: decisions without Flink. */
@NullMarked
package io.prefstream.validate.checks;

import org.jspecify.annotations.NullMarked;
