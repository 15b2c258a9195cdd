/** Generators that pace themselves, wait failures out and never ask twice for the same text. */
@NullMarked
package io.prefstream.generation.reliable;

import org.jspecify.annotations.NullMarked;
