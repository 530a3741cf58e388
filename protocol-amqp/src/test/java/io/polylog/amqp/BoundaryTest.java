package io.polylog.amqp;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What may depend on what within this door. */
@AnalyzeClasses(packages = "io.polylog.amqp", importOptions = ImportOption.DoNotIncludeTests.class)
class BoundaryTest {
    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.polylog.amqp.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nettyTransportStaysInTheEngine = noClasses()
            .that()
            .resideInAnyPackage("io.polylog.amqp.link", "io.polylog.amqp.message")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.netty.channel..", "io.netty.handler..");

    @ArchTest
    static final ArchRule kafkaStaysOutside =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.apache.kafka..");

    @ArchTest
    static final ArchRule systemTimeStaysOutside = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime");

    @ArchTest
    static final ArchRule theFactoryAloneIsPublicInTheRootPackage = classes()
            .that()
            .resideInAPackage("io.polylog.amqp")
            .and()
            .arePublic()
            .should()
            .haveSimpleName("AmqpAdapterFactory");
}
