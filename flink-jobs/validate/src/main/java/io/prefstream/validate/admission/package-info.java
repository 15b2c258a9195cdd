/** What an accepted pair depends on beside itself: the pairs accepted before. No Flink. */
@NullMarked
package io.prefstream.validate.admission;

import org.jspecify.annotations.NullMarked;
