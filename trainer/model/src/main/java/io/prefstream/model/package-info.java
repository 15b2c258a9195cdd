/** The preference model: configuration, encoding, decoder, training step and bundles. */
@NullMarked
package io.prefstream.model;

import org.jspecify.annotations.NullMarked;
