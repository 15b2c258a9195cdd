/** Access to git repositories: local ones in place, remote ones through a shallow bare cache. */
@org.jspecify.annotations.NullMarked
package io.prefstream.content.git;
