/** What trivial readers of a pair can tell about its label; the model must be better than these. */
@NullMarked
package io.prefstream.trainer.probe;

import org.jspecify.annotations.NullMarked;
