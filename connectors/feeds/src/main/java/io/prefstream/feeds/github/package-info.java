/**
 * What happens on GitHub: from its Events API, from the hourly archive of it, and what the two have
 * in common.
 */
@NullMarked
package io.prefstream.feeds.github;

import org.jspecify.annotations.NullMarked;
