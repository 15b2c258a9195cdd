/** What snippets are for: engineering code or not, and which of both is wanted. */
@NullMarked
package io.prefstream.synthesize.kinds;

import org.jspecify.annotations.NullMarked;
