package io.prefstream.model.kernels;

import io.prefstream.model.ModelConfig;
import io.prefstream.model.ModelFamily;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * TorchScript with blanks: <code>{{name}}</code> is replaced by a value, a line that begins with
 * <code>{{if name}}</code> stays only when the condition holds.
 */
final class KernelSource {
    private static final String IF = "{{if ";

    private final String template;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Set<String> conditions = new HashSet<>();

    private KernelSource(String template) {
        this.template = template;
    }

    static KernelSource read(String resource) {
        try (InputStream in = KernelSource.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the jar");
            }
            return new KernelSource(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    KernelSource with(String name, Object value) {
        values.put(name, value.toString());
        return this;
    }

    KernelSource when(String name, boolean holds) {
        if (holds) {
            conditions.add(name);
        }
        return this;
    }

    /** What the texts of training and of generation have in common. */
    KernelSource withSizes(ModelConfig config) {
        float[] frequencies = config.rotary().inverseFrequencies(config.headSize());
        double[] wide = new double[frequencies.length];
        Arrays.setAll(wide, i -> frequencies[i]);
        return with("frequencies", Arrays.toString(wide))
                .with("eps", config.rmsNormEps())
                .with("head_dim", config.headSize())
                .with("half_head", config.headSize() / 2)
                .with("query_width", config.attentionHeads() * config.headSize())
                .with("key_width", config.keyValueHeads() * config.headSize())
                .with("layers", config.layers())
                .with("heads", config.attentionHeads())
                .with("kv_heads", config.keyValueHeads())
                .with("groups", config.attentionHeads() / config.keyValueHeads())
                .when("qk_norm", config.family() == ModelFamily.QWEN3);
    }

    String text() {
        String source =
                template.lines()
                        .map(this::conditioned)
                        .filter(line -> !line.startsWith(IF))
                        .collect(Collectors.joining("\n", "", "\n"));
        for (Map.Entry<String, String> value : values.entrySet()) {
            source = source.replace("{{" + value.getKey() + "}}", value.getValue());
        }
        if (source.contains("{{")) {
            throw new IllegalStateException(
                    "unfilled: " + source.substring(source.indexOf("{{")).lines().findFirst());
        }
        return source;
    }

    private String conditioned(String line) {
        String rest = line;
        while (rest.startsWith(IF)) {
            int end = rest.indexOf("}}");
            if (!conditions.contains(rest.substring(IF.length(), end))) {
                return line;
            }
            rest = rest.substring(end + 2);
        }
        return rest;
    }
}
