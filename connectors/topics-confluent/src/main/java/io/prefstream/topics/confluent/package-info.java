/** The schema registry through Confluent's own client; see the module's README. */
@NullMarked
package io.prefstream.topics.confluent;

import org.jspecify.annotations.NullMarked;
