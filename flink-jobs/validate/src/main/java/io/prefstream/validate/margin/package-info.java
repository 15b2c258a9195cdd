/** The current preference model's margin: which model, and the asynchronous question to it. */
@NullMarked
package io.prefstream.validate.margin;

import org.jspecify.annotations.NullMarked;
