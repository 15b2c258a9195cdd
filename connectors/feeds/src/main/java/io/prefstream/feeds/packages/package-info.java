/** New versions of packages: npm, the Python Package Index, crates.io. */
@NullMarked
package io.prefstream.feeds.packages;

import org.jspecify.annotations.NullMarked;
