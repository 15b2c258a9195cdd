/** Access to Maven repositories the way Maven itself has it: settings, mirrors, cache, offline. */
@org.jspecify.annotations.NullMarked
package io.prefstream.content.maven;
