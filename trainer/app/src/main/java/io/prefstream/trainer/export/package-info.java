/** Preference pairs as data sets that other trainers read: {@code prefstream export dataset}. */
@NullMarked
package io.prefstream.trainer.export;

import org.jspecify.annotations.NullMarked;
