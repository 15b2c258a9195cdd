/** Text generators and what is asked of them: no Flink, no model library. */
@NullMarked
package io.prefstream.generation;

import org.jspecify.annotations.NullMarked;
