package io.prefstream.trainer.export;

import io.prefstream.trainer.parquet.PageCodecs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * The Parquet files of one split, named as Hugging Face's are: {@code
 * train-00000-of-00003.parquet}. A file is closed once it has reached its size. Memory: one row
 * group, 32 MiB at most.
 */
final class ParquetShards implements AutoCloseable {

    private static final long ROW_GROUP_BYTES = 32 << 20;

    private final Path folder;
    private final String split;
    private final List<Column> columns;
    private final long maxFileBytes;
    private final List<Path> files = new ArrayList<>();
    private @Nullable ParquetWriter<LoggedPair> writer;
    private long rows;

    ParquetShards(Path folder, String split, List<Column> columns, long maxFileBytes) {
        this.folder = folder;
        this.split = split;
        this.columns = columns;
        this.maxFileBytes = maxFileBytes;
    }

    /** Adds a pair to the last file, or to a new one. */
    void write(LoggedPair pair) throws IOException {
        if (writer == null) {
            Path file = folder.resolve("%s-%05d.unfinished".formatted(split, files.size()));
            writer = new Builder(file, columns, Math.min(ROW_GROUP_BYTES, maxFileBytes)).build();
            files.add(file);
        }
        writer.write(pair);
        rows++;
        if (writer.getDataSize() >= maxFileBytes) {
            writer.close();
            writer = null;
        }
    }

    /** Closes the last file and gives all their names. Returns the files. */
    List<Path> finish() throws IOException {
        close();
        List<Path> named = new ArrayList<>();
        for (Path file : files) {
            String name = "%s-%05d-of-%05d.parquet".formatted(split, named.size(), files.size());
            named.add(Files.move(file, folder.resolve(name)));
        }
        return named;
    }

    /** Name of the split. */
    String split() {
        return split;
    }

    /** Rows written. */
    long rows() {
        return rows;
    }

    @Override
    public void close() throws IOException {
        ParquetWriter<LoggedPair> open = writer;
        writer = null;
        if (open != null) {
            open.close();
        }
    }

    private static final class Builder extends ParquetWriter.Builder<LoggedPair, Builder> {

        private final List<Column> columns;

        Builder(Path file, List<Column> columns, long rowGroupBytes) {
            super((OutputFile) new LocalOutputFile(file));
            this.columns = columns;
            withConf(new PlainParquetConfiguration());
            withCodecFactory(new PageCodecs());
            withCompressionCodec(CompressionCodecName.ZSTD);
            withRowGroupSize(rowGroupBytes);
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        protected WriteSupport<LoggedPair> getWriteSupport(Configuration hadoop) {
            throw new UnsupportedOperationException("written without Hadoop");
        }

        @Override
        protected WriteSupport<LoggedPair> getWriteSupport(ParquetConfiguration configuration) {
            return new Rows(columns);
        }
    }

    private static final class Rows extends WriteSupport<LoggedPair> {

        private final List<Column> columns;

        @SuppressWarnings("NullAway.Init") // in prepareForWrite()
        private RecordConsumer out;

        Rows(List<Column> columns) {
            this.columns = columns;
        }

        @Override
        public WriteContext init(Configuration hadoop) {
            throw new UnsupportedOperationException("written without Hadoop");
        }

        @Override
        public WriteContext init(ParquetConfiguration configuration) {
            List<Type> types = columns.stream().map(Column::type).toList();
            return new WriteContext(new MessageType("pair", types), Map.of());
        }

        @Override
        public void prepareForWrite(RecordConsumer consumer) {
            this.out = consumer;
        }

        @Override
        public void write(LoggedPair pair) {
            out.startMessage();
            for (int i = 0; i < columns.size(); i++) {
                columns.get(i).write(out, i, pair);
            }
            out.endMessage();
        }
    }
}
