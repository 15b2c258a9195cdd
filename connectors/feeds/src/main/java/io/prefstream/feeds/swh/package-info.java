/**
 * What Software Heritage's journal says, in its own words (Journal Specification of the archive's
 * documentation): decoding and meaning only; reading Kafka is the job's business.
 */
@NullMarked
package io.prefstream.feeds.swh;

import org.jspecify.annotations.NullMarked;
