package io.prefstream.ingest.licence;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A licence expression of SPDX (specification 2.3, annex D): identifiers joined by {@code AND},
 * {@code OR} and {@code WITH}.
 *
 * <p>{@code toString} writes it in one way: identifiers as SPDX's list spells them, deprecated ones
 * replaced, sides of one operator without repetition and parentheses only where they are needed.
 */
public sealed interface SpdxExpression {

    /**
     * One licence.
     *
     * @param id as SPDX's list spells it, or {@code LicenseRef-…}
     */
    record Id(String id) implements SpdxExpression {
        @Override
        public boolean permitted(Predicate<String> allowed) {
            return allowed.test(id);
        }

        @Override
        public String toString() {
            return id;
        }
    }

    /** A licence with an exception from it; an exception only ever permits more. */
    record With(Id licence, String exception) implements SpdxExpression {
        @Override
        public boolean permitted(Predicate<String> allowed) {
            return allowed.test(toString()) || licence.permitted(allowed);
        }

        @Override
        public String toString() {
            return licence + " WITH " + exception;
        }
    }

    /** All of them bind. */
    record And(List<SpdxExpression> parts) implements SpdxExpression {
        @Override
        public boolean permitted(Predicate<String> allowed) {
            return parts.stream().allMatch(part -> part.permitted(allowed));
        }

        @Override
        public String toString() {
            return parts.stream()
                    .map(part -> part instanceof Or ? "(" + part + ")" : part.toString())
                    .collect(Collectors.joining(" AND "));
        }
    }

    /** Whoever takes the code may choose. */
    record Or(List<SpdxExpression> parts) implements SpdxExpression {
        @Override
        public boolean permitted(Predicate<String> allowed) {
            return parts.stream().anyMatch(part -> part.permitted(allowed));
        }

        @Override
        public String toString() {
            return parts.stream().map(Object::toString).collect(Collectors.joining(" OR "));
        }
    }

    /** Whether one may take code under it if these licences are allowed. */
    boolean permitted(Predicate<String> allowed);

    /** All of these licences at once; of a single one, that one. */
    static SpdxExpression and(List<SpdxExpression> parts) {
        List<SpdxExpression> flat =
                parts.stream()
                        .flatMap(part -> part instanceof And and ? and.parts().stream() : of(part))
                        .distinct()
                        .toList();
        return flat.size() == 1 ? flat.get(0) : new And(flat);
    }

    /** A choice of these licences; of a single one, that one. */
    static SpdxExpression or(List<SpdxExpression> parts) {
        List<SpdxExpression> flat =
                parts.stream()
                        .flatMap(part -> part instanceof Or or ? or.parts().stream() : of(part))
                        .distinct()
                        .toList();
        return flat.size() == 1 ? flat.get(0) : new Or(flat);
    }

    private static java.util.stream.Stream<SpdxExpression> of(SpdxExpression part) {
        return java.util.stream.Stream.of(part);
    }

    /** The expression that a text is; empty if it is none or names what isn't on SPDX's list. */
    static Optional<SpdxExpression> parse(String text) {
        return new Parser(text).whole();
    }

    /** Recursive descent; {@code WITH} binds tightest, then {@code AND}, then {@code OR}. */
    final class Parser {

        private static final int MAX_TOKENS = 200;

        private final List<String> tokens = new ArrayList<>();
        private int next;

        private Parser(String text) {
            for (String word : text.replace("(", " ( ").replace(")", " ) ").split("\\s+", -1)) {
                // "MIT/Apache-2.0" was how crates wrote a choice.
                String spaced = word.contains("://") ? word : word.replace("/", " OR ");
                for (String token : spaced.split(" ", -1)) {
                    if (!token.isEmpty()) {
                        tokens.add(token);
                    }
                }
            }
        }

        private Optional<SpdxExpression> whole() {
            if (tokens.isEmpty() || tokens.size() > MAX_TOKENS) {
                return Optional.empty();
            }
            Optional<SpdxExpression> expression = anyOf();
            return next == tokens.size() ? expression : Optional.empty();
        }

        private Optional<SpdxExpression> anyOf() {
            List<SpdxExpression> parts = new ArrayList<>();
            do {
                Optional<SpdxExpression> part = allOf();
                if (part.isEmpty()) {
                    return part;
                }
                parts.add(part.get());
            } while (take("OR"));
            return Optional.of(or(parts));
        }

        private Optional<SpdxExpression> allOf() {
            List<SpdxExpression> parts = new ArrayList<>();
            do {
                Optional<SpdxExpression> part = one();
                if (part.isEmpty()) {
                    return part;
                }
                parts.add(part.get());
            } while (take("AND"));
            return Optional.of(and(parts));
        }

        private Optional<SpdxExpression> one() {
            if (take("(")) {
                Optional<SpdxExpression> inner = anyOf();
                return take(")") ? inner : Optional.empty();
            }
            if (next >= tokens.size()) {
                return Optional.empty();
            }
            Optional<SpdxExpression> licence = SpdxList.get().licence(tokens.get(next));
            next++;
            if (!take("WITH")) {
                return licence;
            }
            if (next >= tokens.size() || !(licence.orElse(null) instanceof Id id)) {
                return Optional.empty();
            }
            return SpdxList.get()
                    .exception(tokens.get(next++))
                    .map(exception -> new With(id, exception));
        }

        private boolean take(String word) {
            if (next < tokens.size() && tokens.get(next).toUpperCase(Locale.ROOT).equals(word)) {
                next++;
                return true;
            }
            return false;
        }
    }
}
