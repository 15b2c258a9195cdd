/**
 * The one way to the web for all that feeds watch and content fetches: bounded in time, bytes, hops
 * and rate, and only to hosts that may be asked.
 */
@NullMarked
package io.prefstream.content.http;

import org.jspecify.annotations.NullMarked;
