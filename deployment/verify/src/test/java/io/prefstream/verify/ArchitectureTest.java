package io.prefstream.verify;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Who may know whom, class by class. Maven's enforcer forbids the modules; these rules also hold
 * where a module carries a dependency for one of its packages only. No violation is frozen.
 */
@AnalyzeClasses(packages = "io.prefstream", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String FLINK = "org.apache.flink..";
    private static final String KAFKA = "org.apache.kafka..";
    private static final String DJL = "ai.djl..";
    private static final String[] JOBS = {
        "io.prefstream.ingest..", "io.prefstream.synthesize..", "io.prefstream.validate.."
    };

    @ArchTest
    static final ArchRule schemasKnowAvroOnly =
            classes()
                    .that()
                    .resideInAPackage("io.prefstream.schemas..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage("io.prefstream.schemas..", "java..", "org.apache.avro..");

    @ArchTest
    static final ArchRule onlyTheFlinkPackageOfTopicsKnowsFlink =
            noClasses()
                    .that()
                    .resideInAPackage("io.prefstream.topics")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(FLINK);

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
                    .resideInAPackage(FLINK);

    @ArchTest
    static final ArchRule modelAndContentKnowNoKafka =
            noClasses()
                    .that()
                    .resideInAnyPackage("io.prefstream.model..", "io.prefstream.content..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(KAFKA);

    @ArchTest
    static final ArchRule onlyModelAndTrainerKnowDjl =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("io.prefstream.model..", "io.prefstream.trainer..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(DJL);

    @ArchTest
    static final ArchRule connectorsKnowNoJobModelOrTrainer =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "io.prefstream.topics..",
                            "io.prefstream.feeds..",
                            "io.prefstream.content..",
                            "io.prefstream.replay..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "io.prefstream.jobs..",
                            "io.prefstream.ingest..",
                            "io.prefstream.synthesize..",
                            "io.prefstream.validate..",
                            "io.prefstream.model..",
                            "io.prefstream.trainer..");

    @ArchTest
    static final ArchRule jobsKnowNoTrainer =
            noClasses()
                    .that()
                    .resideInAnyPackage(JOBS)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.prefstream.trainer..");

    @ArchTest
    static final ArchRule jobsKnowNoOtherJob =
            slices().matching("io.prefstream.(ingest|synthesize|validate)..")
                    .should()
                    .notDependOnEachOther();

    @ArchTest
    static final ArchRule nobodyKnowsTheDeployment =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.prefstream.local..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.prefstream.local..");

    @ArchTest
    static final ArchRule modulesHaveNoCycles =
            slices().matching("io.prefstream.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule noUtilsOrHelpers =
            noClasses()
                    .should()
                    .resideInAnyPackage("..utils..", "..util..", "..helpers..")
                    .orShould()
                    .haveSimpleNameEndingWith("Utils")
                    .orShould()
                    .haveSimpleNameEndingWith("Helper");
}
