package io.prefstream.trainer.parquet;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/**
 * Compression of Parquet pages without Hadoop: what writers of data sets use (none, snappy, gzip,
 * zstd), by the libraries that Parquet brings itself.
 *
 * <p>Parquet's own factory makes a Hadoop {@code Configuration} for each codec, which needs
 * Hadoop's runtime and reads its XML files. With this one a file is written and read with Hadoop's
 * interfaces on the class path and nothing of it running.
 */
public final class PageCodecs implements CompressionCodecFactory {

    /** The best known trade of size for time; the library's own default. */
    private static final int ZSTD_LEVEL = 3;

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        return new Compressor(supported(codec));
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        return new Decompressor(supported(codec));
    }

    @Override
    public void release() {
        // Nothing is kept.
    }

    private static CompressionCodecName supported(CompressionCodecName codec) {
        return switch (codec) {
            case UNCOMPRESSED, SNAPPY, GZIP, ZSTD -> codec;
            default ->
                    throw new IllegalArgumentException(
                            "Parquet compression %s is none of UNCOMPRESSED, SNAPPY, GZIP, ZSTD"
                                    .formatted(codec));
        };
    }

    private static byte[] compress(CompressionCodecName codec, byte[] plain) throws IOException {
        return switch (codec) {
            case SNAPPY -> Snappy.compress(plain);
            case ZSTD -> Zstd.compress(plain, ZSTD_LEVEL);
            case GZIP -> {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                    gzip.write(plain);
                }
                yield out.toByteArray();
            }
            default -> plain;
        };
    }

    private static byte[] decompress(CompressionCodecName codec, byte[] packed, int size)
            throws IOException {
        byte[] plain =
                switch (codec) {
                    case SNAPPY -> Snappy.uncompress(packed);
                    case ZSTD -> Zstd.decompress(packed, size);
                    case GZIP -> {
                        try (GZIPInputStream gzip =
                                new GZIPInputStream(new ByteArrayInputStream(packed))) {
                            yield gzip.readNBytes(size);
                        }
                    }
                    default -> packed;
                };
        if (plain.length != size) {
            throw new IOException(
                    "a %s page of %d bytes instead of the %d that its header says"
                            .formatted(codec, plain.length, size));
        }
        return plain;
    }

    private record Compressor(CompressionCodecName codec) implements BytesInputCompressor {

        @Override
        public BytesInput compress(BytesInput plain) throws IOException {
            return codec == CompressionCodecName.UNCOMPRESSED
                    ? plain
                    : BytesInput.from(PageCodecs.compress(codec, plain.toByteArray()));
        }

        @Override
        public CompressionCodecName getCodecName() {
            return codec;
        }

        @Override
        public void release() {
            // Nothing is kept.
        }
    }

    private record Decompressor(CompressionCodecName codec) implements BytesInputDecompressor {

        @Override
        public BytesInput decompress(BytesInput packed, int size) throws IOException {
            return BytesInput.from(PageCodecs.decompress(codec, packed.toByteArray(), size));
        }

        @Override
        public void decompress(ByteBuffer packed, int packedSize, ByteBuffer plain, int size)
                throws IOException {
            byte[] bytes = new byte[packedSize];
            packed.get(bytes);
            plain.put(PageCodecs.decompress(codec, bytes, size));
        }

        @Override
        public void release() {
            // Nothing is kept.
        }
    }
}
