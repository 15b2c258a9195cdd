/** The synthesize job: code snippets become candidate pairs. */
@NullMarked
package io.prefstream.synthesize;

import org.jspecify.annotations.NullMarked;
