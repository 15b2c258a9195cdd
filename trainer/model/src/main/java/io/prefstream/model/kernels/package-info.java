/** TorchScript written from Java: the maths that runs inside the engine in one call. */
@NullMarked
package io.prefstream.model.kernels;

import org.jspecify.annotations.NullMarked;
