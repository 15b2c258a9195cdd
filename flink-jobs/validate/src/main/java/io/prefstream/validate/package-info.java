/** The validate job: candidate pairs in, checked and scored preference pairs out. */
@NullMarked
package io.prefstream.validate;

import org.jspecify.annotations.NullMarked;
