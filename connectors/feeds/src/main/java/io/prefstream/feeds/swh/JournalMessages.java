package io.prefstream.feeds.swh;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;

/**
 * Reads the msgpack of two topics of the journal: {@code origin_visit_status} and {@code snapshot}.
 *
 * <p>Unknown fields are ignored and optional ones may be missing, since the archive's model grows.
 * Dates come as msgpack timestamps or, from old producers, as a dictionary with an ISO string.
 */
public final class JournalMessages {

    /** Where repositories are git though an old message does not say so. */
    private static final Set<String> GIT_HOSTS =
            Set.of("github.com", "gitlab.com", "bitbucket.org", "codeberg.org");

    private static final int COMMIT_BYTES = 20;
    private static final int MAX_ALIASES = 8;
    private static final String HEAD = "HEAD";

    private JournalMessages() {}

    /**
     * A message of {@code origin_visit_status}.
     *
     * @return empty if the visit goes on, failed, found nothing, or is of something else than git
     *     on the web: an origin must not name a file of ours
     */
    public static Optional<Visit> visit(byte[] message) throws MalformedMessageException {
        Map<String, Value> fields = dictionary(message);
        String origin = text(fields, "origin");
        String status = text(fields, "status");
        Value snapshot = fields.get("snapshot");
        if (!status.equals("full")
                || snapshot == null
                || !origin.matches("https?://.*")
                || !isGit(origin, fields.get("type"))) {
            return Optional.empty();
        }
        return Optional.of(new Visit(hex(fields, "snapshot"), origin, date(fields, "date")));
    }

    /**
     * A message of {@code snapshot}.
     *
     * @return empty if it has no default branch that leads to a commit
     */
    public static Optional<Head> head(byte[] message) throws MalformedMessageException {
        Map<String, Value> fields = dictionary(message);
        String id = hex(fields, "id");
        Map<String, Value> branches = dictionary(required(fields, "branches"), "branches");
        String name = HEAD;
        for (int hops = 0; hops < MAX_ALIASES; hops++) {
            Value branch = branches.get(name);
            if (branch == null) {
                return Optional.empty(); // a dangling branch is null there
            }
            Map<String, Value> target = dictionary(branch, name);
            String type = text(target, "target_type");
            byte[] pointed = bytes(target, "target");
            if (type.equals("alias")) {
                name = new String(pointed, StandardCharsets.UTF_8);
            } else if (type.equals("revision") && pointed.length == COMMIT_BYTES) {
                return Optional.of(new Head(id, name, HexFormat.of().formatHex(pointed)));
            } else {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static boolean isGit(String origin, @Nullable Value type)
            throws MalformedMessageException {
        if (type != null) {
            return type.isStringValue() && type.asStringValue().asString().equals("git");
        }
        try {
            URI uri = URI.create(origin);
            String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
            return String.valueOf(uri.getPath()).endsWith(".git") || GIT_HOSTS.contains(host);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("origin '" + origin + "' is no URL", e);
        }
    }

    private static Map<String, Value> dictionary(byte[] message) throws MalformedMessageException {
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(message)) {
            return dictionary(unpacker.unpackValue(), "the message");
        } catch (IOException | MessagePackException e) {
            throw new MalformedMessageException("no msgpack: " + e, e);
        }
    }

    /** Keys are strings, or bytes in some old messages. Without the entries that are null. */
    private static Map<String, Value> dictionary(Value value, String what)
            throws MalformedMessageException {
        if (!value.isMapValue()) {
            throw new MalformedMessageException(what + " is no dictionary", null);
        }
        Map<String, Value> entries = new HashMap<>();
        for (Map.Entry<Value, Value> entry : value.asMapValue().entrySet()) {
            if (!entry.getKey().isRawValue()) {
                throw new MalformedMessageException(what + " has a key that is no string", null);
            }
            if (!entry.getValue().isNilValue()) {
                byte[] key = entry.getKey().asRawValue().asByteArray();
                entries.put(new String(key, StandardCharsets.UTF_8), entry.getValue());
            }
        }
        return entries;
    }

    private static Value required(Map<String, Value> fields, String name)
            throws MalformedMessageException {
        Value value = fields.get(name);
        if (value == null) {
            throw new MalformedMessageException("field " + name + " is missing", null);
        }
        return value;
    }

    private static byte[] bytes(Map<String, Value> fields, String name)
            throws MalformedMessageException {
        Value value = required(fields, name);
        if (!value.isRawValue()) {
            throw new MalformedMessageException(
                    "field %s is %s, not bytes".formatted(name, value.getValueType()), null);
        }
        return value.asRawValue().asByteArray();
    }

    private static String text(Map<String, Value> fields, String name)
            throws MalformedMessageException {
        return new String(bytes(fields, name), StandardCharsets.UTF_8);
    }

    private static String hex(Map<String, Value> fields, String name)
            throws MalformedMessageException {
        return HexFormat.of().formatHex(bytes(fields, name));
    }

    private static Instant date(Map<String, Value> fields, String name)
            throws MalformedMessageException {
        Value value = required(fields, name);
        try {
            if (value.isTimestampValue()) {
                return value.asTimestampValue().toInstant();
            }
            if (value.isMapValue()) {
                return OffsetDateTime.parse(text(dictionary(value, name), "d")).toInstant();
            }
        } catch (DateTimeException e) {
            throw new MalformedMessageException(
                    "field %s is no date: %s".formatted(name, e.getMessage()), e);
        }
        throw new MalformedMessageException(
                "field %s is %s, not a date".formatted(name, value.getValueType()), null);
    }
}
