/** Texts as sequences of hashed words, for whoever compares texts. */
@org.jspecify.annotations.NullMarked
package io.prefstream.jobs.common.tokens;
