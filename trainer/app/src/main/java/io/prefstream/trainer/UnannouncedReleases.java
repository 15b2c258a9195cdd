package io.prefstream.trainer;

import io.prefstream.schemas.CheckpointPublished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be said of a release, kept beside it as {@value #PREFIX}NAME from before it has its
 * name until it is announced: so a release whose process was killed between the two is announced by
 * the next one.
 */
final class UnannouncedReleases {

    private static final Logger LOG = LoggerFactory.getLogger(UnannouncedReleases.class);
    private static final String PREFIX = ".unannounced-";

    private final Path folder;

    /**
     * @param folder of the releases, which is there
     */
    UnannouncedReleases(Path folder) {
        this.folder = folder;
    }

    /** Keeps what is to be announced of a release that gets its name next. */
    void add(String name, CheckpointPublished announcement) throws IOException {
        Path file = file(name);
        try (DataFileWriter<CheckpointPublished> writer =
                new DataFileWriter<>(
                        new SpecificDatumWriter<>(CheckpointPublished.getClassSchema(), model()))) {
            writer.create(CheckpointPublished.getClassSchema(), file.toFile());
            writer.append(announcement);
        }
        Manifest.force(file);
        Manifest.force(folder);
    }

    /** Names of releases that are, or were about to be, and weren't announced; oldest first. */
    List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(CheckpointFolder::nameOf)
                    .filter(name -> name.startsWith(PREFIX))
                    .map(name -> name.substring(PREFIX.length()))
                    .sorted()
                    .toList();
        }
    }

    /**
     * What is to be announced of one.
     *
     * @return a list of one; of none if the file isn't whole, since then the release never got its
     *     name
     */
    List<CheckpointPublished> of(String name) {
        SpecificDatumReader<CheckpointPublished> datums =
                new SpecificDatumReader<>(
                        CheckpointPublished.getClassSchema(),
                        CheckpointPublished.getClassSchema(),
                        model());
        List<CheckpointPublished> found = new ArrayList<>();
        try (DataFileReader<CheckpointPublished> reader =
                new DataFileReader<>(file(name).toFile(), datums)) {
            reader.forEach(found::add);
            return found;
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} can't be read: {}", file(name), e.toString());
            return List.of();
        }
    }

    /** Forgets one that is announced, or isn't there. */
    void remove(String name) throws IOException {
        Files.deleteIfExists(file(name));
    }

    private Path file(String name) {
        return folder.resolve(PREFIX + name);
    }

    private static SpecificData model() {
        return SpecificData.getForClass(CheckpointPublished.class);
    }
}
