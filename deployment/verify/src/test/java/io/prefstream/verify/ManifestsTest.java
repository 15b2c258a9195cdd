package io.prefstream.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.prefstream.ingest.IngestJob;
import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.JobMain;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.local.Prefstream;
import io.prefstream.synthesize.SynthesizeJob;
import io.prefstream.trainer.TrainerConfigReader;
import io.prefstream.trainer.TrainerMain;
import io.prefstream.validate.ValidateJob;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.kubernetes.operator.api.FlinkDeployment;
import org.apache.flink.kubernetes.operator.api.spec.FlinkDeploymentSpec;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.ParseResult;

/**
 * The manifests say nothing that Kubernetes, Flink's operator or this project's own commands don't
 * know: what they say is read by what will read it.
 */
class ManifestsTest {

    private static final Path KUBERNETES =
            Path.of(System.getProperty("prefstream.root"), "deployment/kubernetes");
    private static final Path BASE = KUBERNETES.resolve("base");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\((\\w+)\\)");

    private final Manifests base;
    private final Map<String, String> environment = new HashMap<>();

    /** A job as its main method has it. */
    private record Main(JobOptions options, JobMain.Graph graph) {}

    private static final Map<String, Main> MAIN_CLASSES =
            Map.of(
                    IngestJob.class.getName(),
                    new Main(IngestJob.options(), IngestJob::build),
                    SynthesizeJob.class.getName(),
                    new Main(SynthesizeJob.options(), SynthesizeJob::build),
                    ValidateJob.class.getName(),
                    new Main(ValidateJob.options(), ValidateJob::build));

    ManifestsTest() throws IOException {
        base = Manifests.of(BASE);
        base.all(ConfigMap.class).forEach(map -> environment.putAll(map.getData()));
        base.all(Secret.class).forEach(secret -> environment.putAll(secret.getStringData()));
    }

    @Test
    void kustomizeIsGivenEveryFile() throws Exception {
        assertThat(names(Manifests.kustomization(BASE).get("resources")))
                .containsExactlyInAnyOrderElementsOf(Manifests.files(BASE));
        for (Path overlay : overlays()) {
            JsonNode kustomization = Manifests.kustomization(overlay);
            assertThat(names(kustomization.get("resources"))).containsExactly("../../base");
            assertThat(kustomization.get("patches").findValuesAsText("path"))
                    .containsExactlyInAnyOrderElementsOf(Manifests.files(overlay));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "validate.yaml, upgradeMode",
        "validate.yaml, podTemplate",
        "serve.yaml, readinessProbe",
        "trainer.yaml, serviceName",
        "topics.yaml, backoffLimit"
    })
    void aFieldThatNobodyKnowsIsRefused(String file, String field, @TempDir Path folder)
            throws Exception {
        String manifest = Files.readString(BASE.resolve(file));
        assertThat(manifest).contains(field);
        Files.writeString(folder.resolve(file), manifest.replace(field, field + "s"));

        assertThatThrownBy(() -> Manifests.of(folder)).hasMessageContaining(field + "s");
    }

    @Test
    void everyJobRunsInApplicationModeWithOptionsThatItKnows() {
        List<FlinkDeployment> deployments = base.all(FlinkDeployment.class);

        assertThat(deployments)
                .extracting(deployment -> deployment.getSpec().getJob().getEntryClass())
                .containsExactlyInAnyOrderElementsOf(MAIN_CLASSES.keySet());
        for (FlinkDeployment deployment : deployments) {
            FlinkDeploymentSpec spec = deployment.getSpec();
            Main main = Objects.requireNonNull(MAIN_CLASSES.get(spec.getJob().getEntryClass()));
            Configuration config = main.options().parse(environment, spec.getJob().getArgs());
            StreamExecutionEnvironment env = JobEnvironment.create(config);
            main.graph().build(env, config);
            assertThat(env.getStreamGraph().getStreamNodes()).isNotEmpty();
            assertThat(spec.getJob().getJarURI())
                    .isEqualTo("local:///opt/flink/usrlib/prefstream-jobs.jar");
        }
    }

    @Test
    void everyJobHasTheFlinkThatItWasBuiltForAndTheOptionsThatItsTestHas() {
        String[] version = EnvironmentInformation.getVersion().split("\\.", -1);
        assertThat(base.flinkVersions()).containsExactly("v" + version[0] + "_" + version[1]);
        for (FlinkDeployment deployment : base.all(FlinkDeployment.class)) {
            assertThat(deployment.getSpec().getFlinkConfiguration())
                    .containsEntry("env.java.opts.jobmanager", FlinkApplication.JVM_OPTIONS)
                    .containsEntry("env.java.opts.taskmanager", FlinkApplication.JVM_OPTIONS);
        }
    }

    /** Two jobs in one folder would delete each other's checkpoints. */
    @Test
    void noTwoJobsShareAFolder() {
        assertThat(base.all(FlinkDeployment.class))
                .flatExtracting(
                        deployment ->
                                deployment.getSpec().getFlinkConfiguration().values().stream()
                                        .filter(value -> value.startsWith("s3://"))
                                        .toList())
                .hasSize(9)
                .doesNotHaveDuplicates();
    }

    @Test
    void everyCommandHasOptionsThatItKnows() throws Exception {
        List<PodTemplateSpec> pods = new ArrayList<>(pods(base));
        for (Path overlay : overlays()) {
            pods.addAll(pods(Manifests.of(overlay)));
        }
        assertThat(pods)
                .flatExtracting(pod -> pod.getSpec().getContainers())
                .filteredOn(container -> !container.getArgs().isEmpty())
                .hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy(this::readCommand);
    }

    private void readCommand(Container container) {
        String[] arguments =
                container.getArgs().stream()
                        .map(
                                argument ->
                                        VARIABLE.matcher(argument)
                                                .replaceAll(name -> environment.get(name.group(1))))
                        .toArray(String[]::new);
        ParseResult read = Prefstream.commandLine().parseArgs(arguments).subcommand();
        if (!read.unmatched().isEmpty()) {
            // A command of the trainer, whose options the launcher passes on.
            read =
                    TrainerMain.commandLine(
                                    InputStream.nullInputStream(),
                                    new PrintStream(PrintStream.nullOutputStream()))
                            .parseArgs(arguments)
                            .subcommand();
            assertThat(read.unmatched()).isEmpty();
        }
        if (read.commandSpec().name().equals("train")) {
            Map<String, String> settings =
                    new HashMap<>(read.matchedOptionValue("--set", Map.<String, String>of()));
            settings.put(
                    "source.bootstrap-servers", read.matchedOptionValue("--bootstrap-servers", ""));
            settings.put("source.registry-url", read.matchedOptionValue("--registry", ""));
            TrainerConfigReader.read(null, settings);
        }
    }

    @Test
    void overlaysChangeWhatIsThere() throws Exception {
        for (Path overlay : overlays()) {
            assertThat(Manifests.of(overlay).all())
                    .isNotEmpty()
                    .extracting(ManifestsTest::identity)
                    .isSubsetOf(base.all().stream().map(ManifestsTest::identity).toList());
        }
    }

    @Test
    void whatRefersToSomethingElseFindsIt() {
        List<String> identities = base.all().stream().map(ManifestsTest::identity).toList();
        assertThat(identities).doesNotHaveDuplicates();
        List<PodTemplateSpec> pods = pods(base);
        for (Service service : base.all(Service.class)) {
            assertThat(pods)
                    .as(service.getMetadata().getName())
                    .filteredOn(pod -> selects(service.getSpec().getSelector(), pod))
                    .hasSize(1);
        }
        for (Deployment deployment : base.all(Deployment.class)) {
            assertThat(
                            selects(
                                    deployment.getSpec().getSelector().getMatchLabels(),
                                    deployment.getSpec().getTemplate()))
                    .isTrue();
        }
        for (StatefulSet set : base.all(StatefulSet.class)) {
            assertThat(
                            selects(
                                    set.getSpec().getSelector().getMatchLabels(),
                                    set.getSpec().getTemplate()))
                    .isTrue();
            assertThat(identities).contains("Service/" + set.getSpec().getServiceName());
        }
        pods.addAll(
                base.all(FlinkDeployment.class).stream()
                        .map(deployment -> deployment.getSpec().getPodTemplate())
                        .toList());
        assertThat(pods).hasSize(6).flatExtracting(ManifestsTest::needed).isSubsetOf(identities);
    }

    /** What a pod doesn't start without. */
    private static List<String> needed(PodTemplateSpec pod) {
        List<String> needed = new ArrayList<>();
        for (Container container : pod.getSpec().getContainers()) {
            for (EnvFromSource source : container.getEnvFrom()) {
                needed.add(
                        source.getSecretRef() == null
                                ? "ConfigMap/" + source.getConfigMapRef().getName()
                                : "Secret/" + source.getSecretRef().getName());
            }
        }
        pod.getSpec().getVolumes().stream()
                .map(volume -> volume.getPersistentVolumeClaim().getClaimName())
                .map(claim -> "PersistentVolumeClaim/" + claim)
                .forEach(needed::add);
        return needed;
    }

    private static boolean selects(Map<String, String> selector, PodTemplateSpec pod) {
        return pod.getMetadata().getLabels().entrySet().containsAll(selector.entrySet());
    }

    private static String identity(HasMetadata resource) {
        return resource.getKind() + "/" + resource.getMetadata().getName();
    }

    private static List<PodTemplateSpec> pods(Manifests manifests) {
        return Stream.of(
                        manifests.all(Job.class).stream().map(job -> job.getSpec().getTemplate()),
                        manifests.all(Deployment.class).stream()
                                .map(deployment -> deployment.getSpec().getTemplate()),
                        manifests.all(StatefulSet.class).stream()
                                .map(set -> set.getSpec().getTemplate()))
                .flatMap(templates -> templates)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<Path> overlays() throws IOException {
        try (Stream<Path> overlays = Files.list(KUBERNETES.resolve("overlays"))) {
            return overlays.sorted().toList();
        }
    }

    private static List<String> names(JsonNode list) {
        List<String> names = new ArrayList<>();
        list.forEach(name -> names.add(name.asText()));
        return names;
    }
}
