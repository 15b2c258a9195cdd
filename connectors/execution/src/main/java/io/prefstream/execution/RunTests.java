package io.prefstream.execution;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Runs the tests of one answer, and reports on each: this class is what runs <i>inside</i> the
 * sandbox. Its file is copied there alone, so it knows nothing but the JDK and has no nested class.
 *
 * <p>Arguments: the number of tests and the milliseconds for each. Beside it are {@code Test0.java}
 * and so on, each a class with the answer's members and the test as method {@value #METHOD}. On
 * standard input is one token for each test, which is printed in front of what became of it ({@code
 * pass}, {@code fail}, {@code late}).
 *
 * <p>Tokens are held in local variables, which reflection doesn't reach, and a result inside the
 * JDK's {@link FutureTask}; what the tested code prints goes nowhere. Each test has its own class
 * loader and so its own static fields. One that ends the JVM ends the tests after it as well.
 */
final class RunTests implements Callable<Boolean> {

    static final String METHOD = "runTestBehindTheAnswer";

    private final Path classes;
    private final String name;

    private RunTests(Path classes, String name) {
        this.classes = classes;
        this.name = name;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        int count = Integer.parseInt(args[0]);
        long millis = Long.parseLong(args[1]);
        List<String> tokens =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                        .lines()
                        .toList();
        PrintStream report =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setIn(InputStream.nullInputStream());
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("no compiler in " + System.getProperty("java.home"));
        }
        System.setErr(new PrintStream(OutputStream.nullOutputStream()));

        Path classes = Files.createDirectories(Path.of(System.getenv("TMPDIR"), "classes"));
        List<String> names = IntStream.range(0, count).mapToObj(number -> "Test" + number).toList();
        if (!compile(compiler, classes, names)) {
            for (String name : names) {
                compile(compiler, classes, List.of(name));
            }
        }
        for (int i = 0; i < count; i++) {
            String result = run(new RunTests(classes, names.get(i)), millis);
            report.println(tokens.get(i) + " " + result);
        }
        Runtime.getRuntime().halt(0);
    }

    private static boolean compile(JavaCompiler compiler, Path classes, List<String> names) {
        String[] options = {"-proc:none", "-nowarn", "-g:none", "-d", classes.toString()};
        String[] arguments =
                IntStream.range(0, options.length + names.size())
                        .mapToObj(
                                i ->
                                        i < options.length
                                                ? options[i]
                                                : names.get(i - options.length) + ".java")
                        .toArray(String[]::new);
        return compiler.run(null, null, null, arguments) == 0;
    }

    private static String run(RunTests test, long millis) throws InterruptedException {
        FutureTask<Boolean> task = new FutureTask<>(test);
        Thread thread = new Thread(task, "test");
        thread.setDaemon(true);
        thread.start();
        try {
            task.get(millis, TimeUnit.MILLISECONDS);
            return "pass";
        } catch (ExecutionException e) {
            return "fail";
        } catch (TimeoutException e) {
            return "late";
        }
    }

    @Override
    public Boolean call() throws Exception {
        URL[] path = {classes.toUri().toURL()};
        try (URLClassLoader loader =
                new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            Class<?> type = loader.loadClass(name);
            Constructor<?> constructor = type.getDeclaredConstructor();
            Method method = type.getDeclaredMethod(METHOD);
            constructor.setAccessible(true);
            method.setAccessible(true);
            method.invoke(constructor.newInstance());
            return true;
        }
    }
}
