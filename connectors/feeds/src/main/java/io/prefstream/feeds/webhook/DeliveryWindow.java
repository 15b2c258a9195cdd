package io.prefstream.feeds.webhook;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The deliveries that were accepted lately, so that a repeat is known, also after a restart: a file
 * of ids, one a line. A line that was cut off is no harm: its delivery has the same event ids.
 */
final class DeliveryWindow implements AutoCloseable {

    private final Path file;
    private final int most;
    private final Set<String> ids = new LinkedHashSet<>();
    private BufferedWriter out;
    private int lines;

    private DeliveryWindow(Path file, int most, BufferedWriter out) {
        this.file = file;
        this.most = most;
        this.out = out;
    }

    /**
     * Opens the window with what the file has of it.
     *
     * @param most ids that are kept
     */
    static DeliveryWindow open(Path file, int most) throws IOException {
        Set<String> known = new LinkedHashSet<>();
        if (Files.exists(file)) {
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            whole.lines().filter(line -> !line.isBlank()).forEach(known::add);
        }
        DeliveryWindow window = new DeliveryWindow(file, most, append(file));
        window.ids.addAll(known);
        window.trim();
        window.rewrite();
        return window;
    }

    synchronized boolean contains(String id) {
        return ids.contains(oneLine(id));
    }

    /** Remembers a delivery; its events are durable by now. */
    synchronized void add(String id) throws IOException {
        String line = oneLine(id);
        if (ids.add(line)) {
            trim();
            out.write(line + "\n");
            out.flush();
            if (++lines > 2 * most) {
                rewrite();
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }

    private void trim() {
        while (ids.size() > most) {
            ids.remove(ids.iterator().next());
        }
    }

    private void rewrite() throws IOException {
        out.close();
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.write(next, ids);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        out = append(file);
        lines = ids.size();
    }

    private static BufferedWriter append(Path file) throws IOException {
        return Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static String oneLine(String id) {
        return id.replaceAll("\\s", "_");
    }
}
