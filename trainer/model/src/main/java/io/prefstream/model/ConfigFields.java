package io.prefstream.model;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Fields of {@code config.json}, or of an object in it. One of another type than it should have is
 * refused by its name and value, never taken for the default.
 *
 * @param file what messages call it
 */
record ConfigFields(JsonNode json, String file) {

    /** Those of an object in the same file. */
    ConfigFields of(JsonNode object) {
        return new ConfigFields(object, file);
    }

    int integer(String key) throws UnsupportedModelException {
        return integer(key, json.path(key));
    }

    int integer(String key, JsonNode value) throws UnsupportedModelException {
        if (!value.isInt()) {
            throw refusal(
                    key, value.isMissingNode() ? "missing" : value.toString(), "a whole number");
        }
        return value.intValue();
    }

    /**
     * A number.
     *
     * @param absent what a missing field means
     */
    double number(String key, double absent) throws UnsupportedModelException {
        JsonNode value = json.path(key);
        if (value.isMissingNode()) {
            return absent;
        }
        if (!value.isNumber()) {
            throw refusal(key, value.toString(), "a number");
        }
        return value.doubleValue();
    }

    /** Whether it is true; a missing one and null are not, as in transformers. */
    boolean flag(String key) throws UnsupportedModelException {
        JsonNode value = json.path(key);
        if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
            throw refusal(key, value.toString(), "true and false");
        }
        return value.asBoolean(false);
    }

    /** Refuses any other value than this, a missing one and null. */
    void require(String key, String expected) throws UnsupportedModelException {
        JsonNode value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return;
        }
        boolean same =
                value.isNumber()
                        ? value.asDouble() == Double.parseDouble(expected)
                        : value.asText().equals(expected);
        if (!same) {
            throw refusal(key, value.asText(), expected);
        }
    }

    UnsupportedModelException refusal(String key, String value, String supported) {
        return new UnsupportedModelException(
                "%s: %s=%s is not supported (supported: %s)"
                        .formatted(file, key, value, supported));
    }
}
