/**
 * The models that jobs ask for text: their roles, their options and the operator that asks them.
 */
@NullMarked
package io.prefstream.jobs.generators;

import org.jspecify.annotations.NullMarked;
