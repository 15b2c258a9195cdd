package io.prefstream.ingest.licence;

import io.prefstream.content.Fetched;
import io.prefstream.content.NoticeFiles;
import io.prefstream.content.SourceFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What stands around the files of one publication: the nearest licence file up the folders, then
 * the nearest manifest, then what the publisher's metadata states.
 *
 * <p>A licence file whose text isn't on SPDX's list hides those further up but not the metadata.
 * {@code LICENSE-MIT} beside {@code LICENSE-APACHE} is a choice; other files beside each other bind
 * together. Cost: each licence file and manifest is read once, about 2 ms for a long licence.
 */
public final class NearbyLicences {

    private static final int LARGEST = 256 << 10;

    /** Everything in a folder; null where nothing is known to say something. */
    private final Map<String, @Nullable LicenceFinding> files = new HashMap<>();

    private final Map<String, LicenceFinding> manifests = new HashMap<>();
    private final @Nullable LicenceFinding declared;

    /**
     * @param declaredLicence what the publisher's metadata states, in its words
     */
    public NearbyLicences(Fetched fetched, @Nullable String declaredLicence) {
        Map<String, List<SourceFile>> byFolder = new TreeMap<>();
        Stream.concat(fetched.files().stream(), fetched.notices().stream())
                .filter(file -> file.bytes().length <= LARGEST)
                .forEach(
                        file -> {
                            String folder = NoticeFiles.folder(file.path());
                            if (NoticeFiles.isLicence(file.path())) {
                                byFolder.computeIfAbsent(folder, f -> new ArrayList<>()).add(file);
                            } else if (NoticeFiles.isManifest(file.path())) {
                                PackageManifest.licence(file.path(), text(file))
                                        .ifPresent(
                                                licence ->
                                                        manifests.putIfAbsent(
                                                                folder,
                                                                metadata(licence, file.path())));
                            }
                        });
        byFolder.forEach((folder, licences) -> files.put(folder, ofFiles(licences)));
        declared =
                declaredLicence == null
                        ? null
                        : LicenceNames.get()
                                .named(declaredLicence)
                                .map(l -> LicenceFinding.of(l, LicenceFinding.METADATA))
                                .orElse(null);
    }

    /** What is said about a file from outside of it; null where nothing is. */
    public @Nullable LicenceFinding of(String path) {
        LicenceFinding nearest = null;
        for (String folder = folderOf(path); ; folder = folderOf(folder)) {
            if (files.containsKey(folder)) {
                nearest = files.get(folder);
                break;
            }
            if (folder.isEmpty()) {
                break;
            }
        }
        if (nearest != null) {
            return nearest;
        }
        for (String folder = folderOf(path); ; folder = folderOf(folder)) {
            LicenceFinding manifest = manifests.get(folder);
            if (manifest != null || folder.isEmpty()) {
                return manifest != null ? manifest : declared;
            }
        }
    }

    private static @Nullable LicenceFinding ofFiles(List<SourceFile> licences) {
        List<SpdxExpression> found = new ArrayList<>();
        List<String> paths = new ArrayList<>();
        boolean choice = licences.size() > 1;
        for (SourceFile file : licences) {
            SpdxExpression licence = LicenceText.of(text(file)).orElse(null);
            if (licence == null) {
                return null;
            }
            found.add(licence);
            paths.add(file.path());
            choice &= NoticeFiles.isOneOfSeveral(file.path());
        }
        return LicenceFinding.of(
                choice ? SpdxExpression.or(found) : SpdxExpression.and(found),
                "file:" + String.join(",", paths));
    }

    private static LicenceFinding metadata(SpdxExpression licence, String path) {
        return LicenceFinding.of(licence, LicenceFinding.METADATA + ":" + path);
    }

    private static String folderOf(String path) {
        int end = path.endsWith("/") ? path.length() - 1 : path.length();
        return path.substring(0, path.lastIndexOf('/', end - 1) + 1);
    }

    /** Licences are ASCII but for names; whatever else a byte means is of no matter here. */
    private static String text(SourceFile file) {
        return new String(file.bytes(), StandardCharsets.UTF_8);
    }
}
