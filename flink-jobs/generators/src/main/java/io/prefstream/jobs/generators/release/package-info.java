/** The preference model that a trainer releases: which is the newest, and its use in a process. */
@NullMarked
package io.prefstream.jobs.generators.release;

import org.jspecify.annotations.NullMarked;
