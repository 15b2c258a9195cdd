package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.CodePart;
import io.prefstream.jobs.common.syntax.CodeSplitter;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.SnippetKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The functions of source jars and folders, as snippets; each text once. */
final class PublishedCode {

    static final int MAX_CHARS = 4_000;

    private final Set<String> seen = new HashSet<>();
    private final List<CodeSnippet> snippets = new ArrayList<>();

    List<CodeSnippet> snippets() {
        return snippets;
    }

    void read(Path jarOrFolder) throws IOException {
        String name = jarOrFolder.getFileName().toString().replaceAll("-\\d.*$", "");
        if (Files.isDirectory(jarOrFolder)) {
            try (Stream<Path> files = Files.walk(jarOrFolder)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    add(name, jarOrFolder.relativize(file).toString(), Files.readAllBytes(file));
                }
            }
            return;
        }
        try (ZipFile jar = new ZipFile(jarOrFolder.toFile())) {
            for (ZipEntry entry : jar.stream().map(ZipEntry.class::cast).toList()) {
                if (!entry.isDirectory()) {
                    add(name, entry.getName(), jar.getInputStream(entry).readAllBytes());
                }
            }
        }
    }

    private void add(String repository, String path, byte[] bytes) {
        Language language = Language.ofPath(path).orElse(null);
        if (language == null) {
            return;
        }
        String source = new String(bytes, StandardCharsets.UTF_8);
        try (SyntaxTree tree = SyntaxTree.parse(language, source)) {
            for (CodePart function : CodeSplitter.functions(tree)) {
                if (function.text().length() <= MAX_CHARS && seen.add(function.text())) {
                    snippets.add(snippet(repository, path, language, function));
                }
            }
        }
    }

    static CodeSnippet snippet(
            String repository, String path, Language language, CodePart function) {
        return CodeSnippet.newBuilder()
                .setId(ContentId.of(language.code(), function.text()))
                .setEventId("event")
                .setRepository("maven:" + repository)
                .setRevision("1")
                .setPath(path)
                .setLanguage(language.code())
                .setKind(SnippetKind.FUNCTION)
                .setName(function.name())
                .setSignature(function.signature())
                .setDocComment(function.docComment())
                .setText(function.text())
                .setPublishedAt(Instant.EPOCH)
                .setProducer("test")
                .build();
    }
}
