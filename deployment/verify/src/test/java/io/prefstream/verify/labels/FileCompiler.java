package io.prefstream.verify.labels;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles one file of a published project against its binary, in memory. One thread at a time. */
final class FileCompiler implements AutoCloseable {

    private static final List<String> OPTIONS =
            List.of("-proc:none", "-nowarn", "-Xlint:none", "-g:none", "-implicit:none");

    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final StandardJavaFileManager files;

    /**
     * @param classPath the project's binary first
     */
    FileCompiler(List<Path> classPath) throws IOException {
        files = compiler.getStandardFileManager(errors -> {}, null, null);
        files.setLocation(
                StandardLocation.CLASS_PATH, classPath.stream().map(Path::toFile).toList());
        files.setLocation(StandardLocation.SOURCE_PATH, List.<File>of());
    }

    /**
     * The classes of a file by binary name with slashes; empty where it doesn't compile.
     *
     * @param path of the file inside its archive
     */
    Optional<SortedMap<String, byte[]>> compile(String path, String source) {
        SortedMap<String, ByteArrayOutputStream> written = new TreeMap<>();
        JavaFileManager capturing =
                new ForwardingJavaFileManager<JavaFileManager>(files) {
                    @Override
                    public JavaFileObject getJavaFileForOutput(
                            Location location,
                            String className,
                            JavaFileObject.Kind kind,
                            FileObject sibling) {
                        return output(written, className.replace('.', '/'));
                    }
                };
        JavaFileObject file =
                new SimpleJavaFileObject(
                        URI.create("string:///" + path), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        boolean compiled =
                compiler.getTask(null, capturing, errors -> {}, OPTIONS, null, List.of(file))
                        .call();
        if (!compiled) {
            return Optional.empty();
        }
        SortedMap<String, byte[]> classes = new TreeMap<>();
        written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return Optional.of(classes);
    }

    private static JavaFileObject output(
            SortedMap<String, ByteArrayOutputStream> written, String name) {
        return new SimpleJavaFileObject(
                URI.create("memory:///" + name + ".class"), JavaFileObject.Kind.CLASS) {
            @Override
            public OutputStream openOutputStream() {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                written.put(name, bytes);
                return bytes;
            }
        };
    }

    @Override
    public void close() {
        try {
            files.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
