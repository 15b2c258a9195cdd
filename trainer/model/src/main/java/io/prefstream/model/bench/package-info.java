/** How fast training is on the machine at hand. */
@NullMarked
package io.prefstream.model.bench;

import org.jspecify.annotations.NullMarked;
