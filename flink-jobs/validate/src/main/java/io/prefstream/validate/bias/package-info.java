/**
 * How well surface features alone predict the labels of accepted pairs. {@link
 * io.prefstream.validate.bias.BiasTally} and what it is made of know no Flink.
 */
@NullMarked
package io.prefstream.validate.bias;

import org.jspecify.annotations.NullMarked;
