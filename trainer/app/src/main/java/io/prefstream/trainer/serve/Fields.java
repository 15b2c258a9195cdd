package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A JSON object whose fields are read by type; null is absent. What is wrong is named. */
final class Fields {
    private static final int LONGEST_VALUE = 100;

    private final JsonNode json;

    /**
     * @throws RefusedException if it is no object
     */
    Fields(JsonNode json) {
        if (!json.isObject()) {
            throw RefusedException.field(null, "the body must be a JSON object");
        }
        this.json = json;
    }

    Optional<JsonNode> get(String name) {
        return Optional.ofNullable(json.get(name)).filter(value -> !value.isNull());
    }

    Optional<String> text(String name) {
        return get(name)
                .map(
                        value -> {
                            check(value.isTextual(), name, value, "a text");
                            return value.textValue();
                        });
    }

    OptionalInt integer(String name) {
        Optional<JsonNode> value = get(name);
        value.ifPresent(
                v ->
                        check(
                                v.isIntegralNumber() && v.canConvertToInt(),
                                name,
                                v,
                                "a whole number of 32 bits"));
        return value.isPresent() ? OptionalInt.of(value.get().intValue()) : OptionalInt.empty();
    }

    Optional<Long> wholeNumber(String name) {
        return get(name)
                .map(
                        value -> {
                            check(
                                    value.isIntegralNumber() && value.canConvertToLong(),
                                    name,
                                    value,
                                    "a whole number of 64 bits");
                            return value.longValue();
                        });
    }

    double number(String name, double otherwise) {
        return get(name)
                .map(
                        value -> {
                            check(value.isNumber(), name, value, "a number");
                            return value.doubleValue();
                        })
                .orElse(otherwise);
    }

    boolean flag(String name) {
        return flag(name, false);
    }

    boolean flag(String name, boolean otherwise) {
        return get(name)
                .map(
                        value -> {
                            check(value.isBoolean(), name, value, "true or false");
                            return value.booleanValue();
                        })
                .orElse(otherwise);
    }

    /** A text or a list of texts; empty when absent. */
    List<String> texts(String name) {
        Optional<JsonNode> value = get(name);
        if (value.isEmpty()) {
            return List.of();
        }
        if (value.get().isTextual()) {
            return List.of(value.get().textValue());
        }
        check(value.get().isArray(), name, value.get(), "a text or a list of texts");
        List<String> texts = new ArrayList<>();
        for (JsonNode element : value.get()) {
            check(element.isTextual(), name, value.get(), "a text or a list of texts");
            texts.add(element.textValue());
        }
        return texts;
    }

    /** The value of a field as a message shows it. */
    static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "…";
    }

    static void check(boolean right, String name, JsonNode value, String what) {
        if (!right) {
            throw RefusedException.field(name, name + "=" + shown(value) + " must be " + what);
        }
    }
}
