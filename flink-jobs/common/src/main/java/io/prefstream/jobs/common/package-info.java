/** What the three jobs share: options, environment, stage accounting, rejections and outputs. */
@NullMarked
package io.prefstream.jobs.common;

import org.jspecify.annotations.NullMarked;
