package io.prefstream.ingest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.PersonIdent;

/** A git repository with code in it, and with what else people put into repositories. */
final class SmallRepository implements AutoCloseable {

    private final Path folder;
    private final Git git;
    private final Set<String> functions = new TreeSet<>();
    private int commits;

    SmallRepository(Path folder) throws Exception {
        this.folder = folder;
        this.git = Git.init().setDirectory(folder.toFile()).setInitialBranch("main").call();
    }

    Path folder() {
        return folder;
    }

    int commits() {
        return commits;
    }

    /** Names of the functions that ingest should find, each once. */
    Set<String> functions() {
        return functions;
    }

    /** A 50 MB file, a binary one, one in Latin-1, an empty one, a broken one, a link, a text. */
    void commitOddFiles() throws Exception {
        try (OutputStream huge = Files.newOutputStream(folder.resolve("Huge.java"))) {
            byte[] block =
                    "// nothing to see here\n".repeat(1 << 12).getBytes(StandardCharsets.UTF_8);
            for (long written = 0; written < 50L << 20; written += block.length) {
                huge.write(block);
            }
        }
        write("Binary.java", "class \0 Binary {}".getBytes(StandardCharsets.UTF_8));
        write("Latin.java", "// größe".getBytes(StandardCharsets.ISO_8859_1));
        write("__init__.py", new byte[0]);
        write("Broken.java", "class { int ( }}}".getBytes(StandardCharsets.UTF_8));
        write("README.md", "# A small repository\n".getBytes(StandardCharsets.UTF_8));
        Files.createSymbolicLink(folder.resolve("Link.java"), Path.of("Binary.java"));
        commit();
    }

    /** How many files {@link #commitOddFiles} adds; none of them holds a function. */
    static int oddFiles() {
        return 7;
    }

    /** A commit with a file of two new functions, one that every such file has, and a short one. */
    void commitCode() throws Exception {
        String first = "first" + commits;
        String second = "second" + commits;
        write(
                "src/Code%d.java".formatted(commits),
                OddContent.javaClass(
                                "Code" + commits,
                                OddContent.method(first, "x + " + commits),
                                OddContent.method(second, "x * " + commits),
                                OddContent.ADD,
                                "int one() { return 1; }")
                        .getBytes(StandardCharsets.UTF_8));
        functions.add(first);
        functions.add(second);
        functions.add("add");
        commit();
    }

    @Override
    public void close() {
        git.close();
    }

    private void commit() throws GitAPIException {
        git.add().addFilepattern(".").call();
        PersonIdent author =
                new PersonIdent(
                        "A",
                        "a@example.org",
                        Publications.PUBLISHED.plusSeconds(commits),
                        ZoneOffset.UTC);
        git.commit()
                .setMessage("commit " + commits)
                .setAuthor(author)
                .setCommitter(author)
                .setSign(false)
                .call();
        commits++;
    }

    private void write(String path, byte[] bytes) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }
}
