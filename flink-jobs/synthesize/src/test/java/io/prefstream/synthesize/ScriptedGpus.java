package io.prefstream.synthesize;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import org.apache.flink.api.common.externalresource.ExternalResourceDriver;
import org.apache.flink.api.common.externalresource.ExternalResourceDriverFactory;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/**
 * A driver of external resources that takes the indexes that a script prints, with the same setting
 * and the same property as Flink's own of GPUs.
 */
public final class ScriptedGpus implements ExternalResourceDriverFactory {

    /** A GPU as Flink's own driver describes one. */
    private record Gpu(String index) implements ExternalResourceInfo {
        @Override
        public Optional<String> getProperty(String key) {
            return key.equals("index") ? Optional.of(index) : Optional.empty();
        }

        @Override
        public Collection<String> getKeys() {
            return List.of("index");
        }
    }

    @Override
    public ExternalResourceDriver createExternalResourceDriver(Configuration config) {
        String script =
                config.get(
                        ConfigOptions.key("discovery-script.path").stringType().noDefaultValue());
        return amount -> found(script, amount);
    }

    private static Set<Gpu> found(String script, long amount) throws IOException {
        Process process = new ProcessBuilder(script, Long.toString(amount)).start();
        try (BufferedReader out = process.inputReader()) {
            return Arrays.stream(String.valueOf(out.readLine()).split(","))
                    .map(Gpu::new)
                    .collect(Collectors.toSet());
        }
    }

    /** Writes it as a plugin. */
    static void writeTo(Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Class<?> type : List.of(ScriptedGpus.class, Gpu.class)) {
                String name = type.getName().replace('.', '/') + ".class";
                out.putNextEntry(new JarEntry(name));
                try (InputStream in =
                        Objects.requireNonNull(
                                ScriptedGpus.class.getResourceAsStream("/" + name))) {
                    in.transferTo(out);
                }
            }
            out.putNextEntry(
                    new JarEntry(
                            "META-INF/services/" + ExternalResourceDriverFactory.class.getName()));
            out.write(ScriptedGpus.class.getName().getBytes(StandardCharsets.UTF_8));
        }
    }
}
