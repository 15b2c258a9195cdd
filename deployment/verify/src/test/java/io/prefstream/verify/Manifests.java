package io.prefstream.verify;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.kubernetes.operator.api.FlinkDeployment;

/**
 * The manifests of a folder, read by the types of fabric8 and of Flink's operator, which know every
 * field: one that they don't know is an error, as it is for an API server that validates.
 */
final class Manifests {

    private static final Map<String, Class<? extends HasMetadata>> KINDS =
            Map.of(
                    "v1/ConfigMap", ConfigMap.class,
                    "v1/Secret", Secret.class,
                    "v1/Service", Service.class,
                    "v1/PersistentVolumeClaim", PersistentVolumeClaim.class,
                    "batch/v1/Job", Job.class,
                    "apps/v1/Deployment", Deployment.class,
                    "apps/v1/StatefulSet", StatefulSet.class,
                    "flink.apache.org/v1beta1/FlinkDeployment", FlinkDeployment.class);

    private static final ObjectMapper YAML =
            YAMLMapper.builder()
                    .annotationIntrospector(new NothingElse())
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private final List<HasMetadata> resources = new ArrayList<>();
    private final Set<String> flinkVersions = new TreeSet<>();

    private Manifests() {}

    /** All of a folder but kustomize's own files. */
    static Manifests of(Path folder) throws IOException {
        Manifests manifests = new Manifests();
        for (String file : files(folder)) {
            try (MappingIterator<JsonNode> documents =
                    YAML.readerFor(JsonNode.class).readValues(folder.resolve(file).toFile())) {
                while (documents.hasNext()) {
                    manifests.add(documents.next());
                }
            }
        }
        return manifests;
    }

    /** The names of the files that {@link #of} reads. */
    static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("kustom"))
                    .sorted()
                    .toList();
        }
    }

    /** One of kustomize's own files. */
    static JsonNode kustomization(Path folder) throws IOException {
        return YAML.readTree(folder.resolve("kustomization.yaml").toFile());
    }

    List<HasMetadata> all() {
        return resources;
    }

    <T extends HasMetadata> List<T> all(Class<T> kind) {
        return resources.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /**
     * What {@code flinkVersion} of jobs says. It isn't read as the operator does: the newest of its
     * APIs on Maven Central ends at Flink 1.20.
     */
    Set<String> flinkVersions() {
        return flinkVersions;
    }

    private void add(JsonNode document) throws IOException {
        String kind = document.path("apiVersion").asText() + "/" + document.path("kind").asText();
        Class<? extends HasMetadata> type = KINDS.get(kind);
        if (type == null) {
            throw new IllegalArgumentException("a kind that nothing here is: " + kind);
        }
        if (type == FlinkDeployment.class && document.get("spec") instanceof ObjectNode spec) {
            flinkVersions.add(spec.remove("flinkVersion").asText());
        }
        resources.add(YAML.treeToValue(document, type));
    }

    /** Takes away what the types say of fields that they don't know: to keep or to ignore them. */
    private static final class NothingElse extends JacksonAnnotationIntrospector {

        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return false;
        }

        @Override
        public JsonIgnoreProperties.Value findPropertyIgnoralByName(
                MapperConfig<?> config, Annotated annotated) {
            return super.findPropertyIgnoralByName(config, annotated).withoutIgnoreUnknown();
        }
    }
}
