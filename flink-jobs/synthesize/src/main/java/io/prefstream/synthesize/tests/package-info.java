/** Tests that models write, by which validate tells better from worse. */
@NullMarked
package io.prefstream.synthesize.tests;

import org.jspecify.annotations.NullMarked;
