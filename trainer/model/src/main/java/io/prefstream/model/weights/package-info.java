/** Reading and writing weights as safetensors. */
@NullMarked
package io.prefstream.model.weights;

import org.jspecify.annotations.NullMarked;
