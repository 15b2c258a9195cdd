package io.prefstream.verify.labels;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

/** Compiles files of a project, in memory. One thread at a time. */
final class FileCompiler implements AutoCloseable {

    private static final List<String> OPTIONS =
            List.of("-proc:none", "-nowarn", "-Xlint:none", "-g:none", "-Xprefer:source");

    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final StandardJavaFileManager files;

    /**
     * @param classPath the project's binary first
     */
    FileCompiler(List<Path> classPath) throws IOException {
        this(classPath, List.of());
    }

    /**
     * @param sourcePath where what the files need is compiled from
     */
    FileCompiler(List<Path> classPath, List<Path> sourcePath) throws IOException {
        files = compiler.getStandardFileManager(errors -> {}, null, null);
        files.setLocation(
                StandardLocation.CLASS_PATH, classPath.stream().map(Path::toFile).toList());
        files.setLocation(
                StandardLocation.SOURCE_PATH, sourcePath.stream().map(Path::toFile).toList());
    }

    /**
     * The classes of a file by binary name with slashes; empty where it doesn't compile.
     *
     * @param path of the file inside its archive
     */
    Optional<SortedMap<String, byte[]>> compile(String path, String source) {
        return compile(Map.of(path, source));
    }

    /**
     * The classes of files, and of what they need of the source path; empty where one doesn't
     * compile.
     *
     * @param sources by path
     */
    Optional<SortedMap<String, byte[]>> compile(Map<String, String> sources) {
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
        List<JavaFileObject> inputs =
                sources.entrySet().stream()
                        .map(file -> input(file.getKey(), file.getValue()))
                        .toList();
        boolean compiled =
                compiler.getTask(null, capturing, errors -> {}, OPTIONS, null, inputs).call();
        if (!compiled) {
            return Optional.empty();
        }
        SortedMap<String, byte[]> classes = new TreeMap<>();
        written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return Optional.of(classes);
    }

    private static JavaFileObject input(String path, String source) {
        return new SimpleJavaFileObject(
                URI.create("string:///" + path), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
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
