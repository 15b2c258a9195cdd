/** Models that answer: on the command line and over HTTP. */
@NullMarked
package io.prefstream.trainer.serve;

import org.jspecify.annotations.NullMarked;
