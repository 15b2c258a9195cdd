package io.prefstream.verify.labels;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * The files of a commit in a folder. Java's are in UTF-8, whatever they were; declarations of
 * modules are left out, so that all is one unnamed module.
 */
final class Checkout {

    private static final Pattern PACKAGE = Pattern.compile("(?m)^\\s*package\\s+([\\w.]+)\\s*;");

    private static final String JAVA = ".java";

    private final Path folder;
    private final SortedMap<String, ObjectId> blobs;

    private Checkout(Path folder, SortedMap<String, ObjectId> blobs) {
        this.folder = folder;
        this.blobs = blobs;
    }

    /** Writes a commit's files. */
    static Checkout of(Repository repository, RevCommit commit, Path folder) throws IOException {
        SortedMap<String, ObjectId> blobs = new TreeMap<>();
        try (TreeWalk files = new TreeWalk(repository)) {
            files.addTree(commit.getTree());
            files.setRecursive(true);
            while (files.next()) {
                String path = files.getPathString();
                // Some copies of histories come without their largest files.
                if (files.getFileMode(0).getObjectType() == Constants.OBJ_BLOB
                        && !FileMode.SYMLINK.equals(files.getFileMode(0))
                        && !path.endsWith("module-info.java")
                        && files.getObjectReader().has(files.getObjectId(0))) {
                    blobs.put(path, files.getObjectId(0));
                    byte[] bytes =
                            files.getObjectReader()
                                    .open(files.getObjectId(0), Constants.OBJ_BLOB)
                                    .getCachedBytes(Integer.MAX_VALUE);
                    Path file = folder.resolve(path);
                    Files.createDirectories(file.getParent());
                    Files.write(
                            file,
                            path.endsWith(JAVA)
                                    ? text(bytes).getBytes(StandardCharsets.UTF_8)
                                    : bytes);
                }
            }
        }
        return new Checkout(folder, blobs);
    }

    Path folder() {
        return folder;
    }

    String text(String path) {
        try {
            return Files.readString(folder.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Java files that this commit has in another form than that one, or that one hasn't. */
    List<String> unlike(Checkout that) {
        return blobs.keySet().stream()
                .filter(path -> path.endsWith(JAVA))
                .filter(path -> !blobs.get(path).equals(that.blobs.get(path)))
                .toList();
    }

    /** Files that are named like tests of a Java file's type and stand in its package. */
    List<String> testsOf(String path) {
        List<String> found = new ArrayList<>();
        for (String name : ProjectTests.names(typeName(path))) {
            String file = name.substring(name.lastIndexOf('/') + 1) + JAVA;
            blobs.keySet().stream()
                    .filter(each -> each.endsWith("/" + file) && typeName(each).equals(name))
                    .findFirst()
                    .ifPresent(found::add);
        }
        return found;
    }

    /** A Java file's type by the file's name, with the package and slashes. */
    String typeName(String path) {
        return path.substring(root(path).length(), path.length() - JAVA.length());
    }

    /** The folder that the packages of a Java file stand in, with its slash, inside the commit. */
    String root(String path) {
        String folderOf = path.substring(0, path.lastIndexOf('/') + 1);
        Matcher declared = PACKAGE.matcher(text(path));
        String inside = declared.find() ? declared.group(1).replace('.', '/') + "/" : "";
        return folderOf.endsWith(inside)
                ? folderOf.substring(0, folderOf.length() - inside.length())
                : folderOf;
    }

    /**
     * The root, and the folders beside it: resources, templates of sources. Absolute, the root
     * first.
     */
    List<Path> besides(String root) throws IOException {
        Path first = folder.resolve(root);
        Path parent = root.isEmpty() ? null : first.getParent();
        List<Path> found = new ArrayList<>(List.of(first));
        if (parent != null) {
            try (Stream<Path> folders = Files.list(parent)) {
                folders.filter(each -> Files.isDirectory(each) && !each.equals(first))
                        .sorted()
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }
}
