package io.prefstream.trainer.pairs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a file, each a JSON object: Parquet ({@code .parquet}), a JSON array ({@code .json} that
 * begins with a bracket) or JSON Lines, both also as {@code .gz}.
 */
public interface Rows extends Closeable {

    /**
     * The next row, null at the end.
     *
     * @throws WrongRowException if it is none; those behind it can be read
     * @throws IllegalArgumentException if the file is damaged and can't be read on, with the place
     * @throws IOException if the file can't be read on
     */
    @Nullable JsonNode next() throws IOException;

    /** What is wrong with the row that was read last, behind its file and place. */
    WrongRowException wrong(String what);

    /**
     * A text of a row that was read last.
     *
     * @throws WrongRowException if it is none
     */
    default String text(JsonNode row, String field) {
        JsonNode value = row.get(field);
        if (value == null) {
            throw wrong("there is no \"" + field + "\"");
        }
        if (!value.isTextual()) {
            throw wrong(field + "=" + value + " must be a text");
        }
        return value.textValue();
    }

    /** Number of the row that was read last, from 1; of JSON Lines the line's. */
    long number();

    /**
     * Opens a file.
     *
     * @throws IllegalArgumentException if there is none, or it is not what its name says
     */
    static Rows open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            String what =
                    Files.isDirectory(file)
                            ? "is a folder"
                            : Files.exists(file) ? "is no file" : "doesn't exist";
            throw new IllegalArgumentException(file + " " + what);
        }
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".parquet")) {
            return new ParquetRows(file);
        }
        InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
        try {
            if (name.endsWith(".gz")) {
                bytes = new BufferedInputStream(new GZIPInputStream(bytes));
            }
            return beginsWithBracket(bytes)
                    ? new ArrayRows(file, bytes)
                    : new JsonLines(file.toString(), bytes);
        } catch (IOException e) {
            bytes.close();
            throw Unreadable.at(file.toString(), e);
        } catch (RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    private static boolean beginsWithBracket(InputStream bytes) throws IOException {
        bytes.mark(1 << 12);
        int first = bytes.read();
        for (int i = 1; i < 1 << 12 && first >= 0 && Character.isWhitespace(first); i++) {
            first = bytes.read();
        }
        bytes.reset();
        return first == '[';
    }
}
