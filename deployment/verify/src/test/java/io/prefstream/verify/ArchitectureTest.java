package io.prefstream.verify;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom, below the grain that Maven's enforcer sees. */
@AnalyzeClasses(packages = "io.prefstream", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String[] FLINK = {"org.apache.flink.."};
    private static final String[] DJL = {"ai.djl.."};

    @ArchTest
    static final ArchRule modulesHaveNoCycles =
            slices().matching("io.prefstream.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule schemasKnowNobody =
            noClasses()
                    .that()
                    .resideInAPackage("io.prefstream.schemas..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..", "ai.djl..");

    @ArchTest
    static final ArchRule recordsOnTopicsAreReadWithoutFlink =
            noClasses()
                    .that()
                    .resideInAPackage("io.prefstream.topics")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(FLINK);

    @ArchTest
    static final ArchRule contentReplayModelAndTrainerKnowNoFlink =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "io.prefstream.content..",
                            "io.prefstream.replay..",
                            "io.prefstream.model..",
                            "io.prefstream.trainer..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(FLINK);

    @ArchTest
    static final ArchRule connectorsKnowNoModels =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "io.prefstream.topics..",
                            "io.prefstream.feeds..",
                            "io.prefstream.content..",
                            "io.prefstream.replay..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(DJL);

    @ArchTest
    static final ArchRule modelsKnowNoKafka =
            noClasses()
                    .that()
                    .resideInAPackage("io.prefstream.model..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.apache.kafka..");

    @ArchTest static final ArchRule ingestKnowsNoOtherJob = job("ingest", "synthesize", "validate");

    @ArchTest
    static final ArchRule synthesizeKnowsNoOtherJob = job("synthesize", "ingest", "validate");

    @ArchTest
    static final ArchRule validateKnowsNoOtherJob = job("validate", "ingest", "synthesize");

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
