/** What the readers of a model folder's files share. */
@NullMarked
package io.prefstream.model.files;

import org.jspecify.annotations.NullMarked;
