package io.prefstream.jobs.common.decontaminate;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UTFDataFormatException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fingerprints as bytes; equal sets are equal bytes.
 *
 * <pre>
 *   "PFFP" · format 1 · benchmark · version · n
 *   count of lengths · lengths
 *   count of items · names of items
 *   count of fingerprints · in ascending order: difference to the one before · number of the item
 * </pre>
 *
 * <p>Texts are Java's modified UTF-8 with their length, numbers base-128 with the low bits first.
 */
public final class FingerprintFormat {

    private static final byte[] MAGIC = {'P', 'F', 'F', 'P'};
    private static final int FORMAT = 1;

    private FingerprintFormat() {}

    /** Whether a file begins as this format does. */
    public static boolean isOne(byte[] beginning) {
        return beginning.length >= MAGIC.length
                && Arrays.equals(beginning, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /** The bytes of a set. */
    public static byte[] write(Fingerprints set) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(MAGIC);
            out.writeByte(FORMAT);
            out.writeUTF(set.benchmark());
            out.writeUTF(set.version());
            number(out, set.ngram());
            number(out, set.lengths().length);
            for (int length : set.lengths()) {
                number(out, length);
            }
            number(out, set.items().size());
            for (String item : set.items()) {
                out.writeUTF(item);
            }
            number(out, set.size());
            long before = Long.MIN_VALUE;
            for (Fingerprints.Entry entry : set.entries()) {
                number(out, entry.hash() - before);
                number(out, entry.item());
                before = entry.hash();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads a set.
     *
     * @throws IOException if the bytes are no set of this format
     */
    public static Fingerprints read(InputStream bytes) throws IOException {
        try {
            return readUnchecked(bytes);
        } catch (EOFException | UTFDataFormatException | IndexOutOfBoundsException e) {
            throw new IOException("the fingerprints are damaged", e);
        }
    }

    private static Fingerprints readUnchecked(InputStream bytes) throws IOException {
        DataInputStream in = new DataInputStream(bytes);
        byte[] magic = in.readNBytes(MAGIC.length);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new IOException("these are no fingerprints");
        }
        int format = in.readByte();
        if (format != FORMAT) {
            throw new IOException(
                    "fingerprints of format %d; this version reads %d".formatted(format, FORMAT));
        }
        String benchmark = in.readUTF();
        String version = in.readUTF();
        int ngram = (int) number(in);
        int lengthCount = (int) number(in);
        List<Integer> lengths = new ArrayList<>();
        for (int i = 0; i < lengthCount; i++) {
            lengths.add((int) number(in));
        }
        int itemCount = (int) number(in);
        List<String> items = new ArrayList<>();
        for (int i = 0; i < itemCount; i++) {
            items.add(in.readUTF());
        }
        int count = (int) number(in);
        List<Fingerprints.Entry> entries = new ArrayList<>();
        long hash = Long.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            hash += number(in);
            entries.add(new Fingerprints.Entry(hash, (int) number(in)));
        }
        return new Fingerprints(
                benchmark,
                version,
                ngram,
                items,
                lengths.stream().mapToInt(Integer::intValue).toArray(),
                entries);
    }

    private static void number(DataOutputStream out, long value) throws IOException {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.writeByte((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    private static long number(DataInputStream in) throws IOException {
        long value = 0;
        int shift = 0;
        byte part;
        do {
            part = in.readByte();
            value |= (part & 0x7fL) << shift;
            shift += 7;
        } while (part < 0);
        return value;
    }
}
