package io.prefstream.verify;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Who may know whom, below the grain that Maven's enforcer sees. */
class ArchitectureTest {

    private static final String[] FLINK = {"org.apache.flink.."};
    private static final String[] DJL = {"ai.djl.."};

    private static final JavaClasses HOUSE =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.prefstream");

    @Test
    void modulesHaveNoCycles() {
        ArchRule rule = slices().matching("io.prefstream.(*)..").should().beFreeOfCycles();
        rule.check(HOUSE);
    }

    @Test
    void schemasKnowNobody() {
        ArchRule rule =
                noClasses()
                        .that()
                        .resideInAPackage("io.prefstream.schemas..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..", "ai.djl..");
        rule.check(HOUSE);
    }

    @Test
    void recordsOnTopicsAreReadWithoutFlink() {
        ArchRule rule =
                noClasses()
                        .that()
                        .resideInAPackage("io.prefstream.topics")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(FLINK);
        rule.check(HOUSE);
    }

    @Test
    void contentReplayModelAndTrainerKnowNoFlink() {
        ArchRule rule =
                noClasses()
                        .that()
                        .resideInAnyPackage(
                                "io.prefstream.content..",
                                "io.prefstream.generation..",
                                "io.prefstream.execution..",
                                "io.prefstream.replay..",
                                "io.prefstream.flight..",
                                "io.prefstream.model..",
                                "io.prefstream.trainer..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(FLINK);
        rule.check(HOUSE);
    }

    @Test
    void connectorsKnowNoModels() {
        ArchRule rule =
                noClasses()
                        .that()
                        .resideInAnyPackage(
                                "io.prefstream.topics..",
                                "io.prefstream.feeds..",
                                "io.prefstream.content..",
                                "io.prefstream.generation..",
                                "io.prefstream.execution..",
                                "io.prefstream.replay..",
                                "io.prefstream.flight..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(DJL);
        rule.check(HOUSE);
    }

    @Test
    void theProtocolOfEndpointsStaysBehindTheGenerator() {
        ArchRule rule =
                noClasses()
                        .that()
                        .resideOutsideOfPackage("io.prefstream.generation.openai..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("com.openai..", "okhttp3..", "okio..");
        rule.check(HOUSE);
    }

    @Test
    void modelsKnowNoKafka() {
        ArchRule rule =
                noClasses()
                        .that()
                        .resideInAPackage("io.prefstream.model..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("org.apache.kafka..");
        rule.check(HOUSE);
    }

    @Test
    void ingestKnowsNoOtherJob() {
        ArchRule rule = job("ingest", "synthesize", "validate");
        rule.check(HOUSE);
    }

    @Test
    void synthesizeKnowsNoOtherJob() {
        ArchRule rule = job("synthesize", "ingest", "validate");
        rule.check(HOUSE);
    }

    @Test
    void validateKnowsNoOtherJob() {
        ArchRule rule = job("validate", "ingest", "synthesize");
        rule.check(HOUSE);
    }

    private static ArchRule job(String name, String... others) {
        return noClasses()
                .that()
                .resideInAPackage("io.prefstream." + name + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.prefstream." + others[0] + "..",
                        "io.prefstream." + others[1] + "..",
                        "io.prefstream.trainer..",
                        "io.prefstream.local..");
    }
}
