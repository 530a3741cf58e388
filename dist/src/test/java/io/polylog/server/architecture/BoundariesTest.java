package io.polylog.server.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The edges between modules and packages that may never exist, checked over all modules at once. */
final class BoundariesTest {

    private static final String[] PROTOCOLS = {"kafka", "amqp", "mqtt", "http"};

    /** Every module's main classes; the test kit counts as one, so that production code is seen to stay off it. */
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.polylog");

    @Test
    void everyModuleIsSeen() {
        assertThat(ALL.stream().map(JavaClass::getPackageName))
                .contains(
                        "io.polylog.engine",
                        "io.polylog.kafka",
                        "io.polylog.amqp",
                        "io.polylog.mqtt",
                        "io.polylog.http",
                        "io.polylog.camel",
                        "io.polylog.server",
                        "io.polylog.testkit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka", "amqp", "mqtt", "http"})
    void protocolsDependOnTheLogOnly(String protocol) {
        String[] others = Stream.concat(
                        Stream.of(PROTOCOLS).filter(other -> !other.equals(protocol)), Stream.of("camel", "server"))
                .map(other -> "io.polylog." + other + "..")
                .toArray(String[]::new);

        noClasses()
                .that()
                .resideInAPackage("io.polylog." + protocol + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(ALL);
    }

    @Test
    void logCoreDependsOnNoOtherModule() {
        noClasses()
                .that(not(resideInAnyPackage(
                        "io.polylog.kafka..",
                        "io.polylog.amqp..",
                        "io.polylog.mqtt..",
                        "io.polylog.http..",
                        "io.polylog.camel..",
                        "io.polylog.server..",
                        "io.polylog.testkit..")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.polylog.kafka..",
                        "io.polylog.amqp..",
                        "io.polylog.mqtt..",
                        "io.polylog.http..",
                        "io.polylog.camel..",
                        "io.polylog.server..")
                .check(ALL);
    }

    @Test
    void routesDependOnTheLogOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.polylog.camel..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.polylog.kafka..", "io.polylog.amqp..", "io.polylog.mqtt..", "io.polylog.http..")
                .check(ALL);
    }

    @Test
    void productionCodeStaysOffTheTestKit() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.polylog.testkit..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.polylog.testkit..")
                .check(ALL);
    }

    /** The demonstration and the command line are clients in processes of their own: they may use what any client would. */
    @Test
    void kafkasClassesAreUsedOnlyWhereKafkaIsSpokenOrStored() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.polylog.record",
                        "io.polylog.log",
                        "io.polylog.group",
                        "io.polylog.kafka..",
                        "io.polylog.server.client",
                        "io.polylog.server.demo")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(ALL);
        noClasses()
                .that()
                .resideInAPackage("io.polylog.server.demo")
                .should()
                .dependOnClassesThat(resideInAPackage("org.apache.kafka..")
                        .and(not(resideInAnyPackage(
                                "org.apache.kafka.clients.producer",
                                "org.apache.kafka.common.header",
                                "org.apache.kafka.common.serialization"))))
                .check(ALL);
    }

    @Test
    void theCommandLineKnowsOfKafkaWhatItsClientsOffer() {
        noClasses()
                .that()
                .resideInAPackage("io.polylog.server.client")
                .should()
                .dependOnClassesThat(resideInAPackage("org.apache.kafka..")
                        .and(not(resideInAnyPackage(
                                "org.apache.kafka.clients",
                                "org.apache.kafka.clients.admin",
                                "org.apache.kafka.clients.consumer",
                                "org.apache.kafka.clients.producer",
                                "org.apache.kafka.common",
                                "org.apache.kafka.common.config",
                                "org.apache.kafka.common.errors",
                                "org.apache.kafka.common.header",
                                "org.apache.kafka.common.serialization"))))
                .check(ALL);
        noClasses()
                .that()
                .resideInAPackage("io.polylog.server.client")
                .should()
                .dependOnClassesThat(resideInAPackage("io.polylog..")
                        .and(not(resideInAnyPackage(
                                "io.polylog.server.client",
                                "io.polylog.server.endpoint",
                                "io.polylog.schedule",
                                "io.polylog.time"))))
                .check(ALL);
    }

    @Test
    void nothingOfTheGatewayRefersToTheDemonstration() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.polylog.server.demo")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.polylog.server.demo")
                .check(ALL);
    }

    @Test
    void embeddedCoordinatorIsUsedOnlyBehindItsPort() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.polylog.group")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka.coordinator..")
                .check(ALL);
    }

    @Test
    void rocksDbIsUsedOnlyBehindItsPort() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.polylog.kv")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.rocksdb..")
                .check(ALL);
    }

    @Test
    void systemTimeIsReadInOnePlace() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.polylog.time")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(Clock.class, "systemDefaultZone")
                .check(ALL);
    }

    @Test
    void nothingSleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(TimeUnit.class, "sleep", long.class)
                .check(ALL);
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching("io.polylog.(**)").should().beFreeOfCycles().check(ALL);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(ALL.stream().map(JavaClass::getPackage).distinct().filter(own -> !isNullMarked(own)))
                .extracting(JavaPackage::getName)
                .isEmpty();
    }

    @Test
    void noTwoModulesShareAPackage() {
        var modulesByPackage = ALL.stream()
                .collect(Collectors.groupingBy(
                        JavaClass::getPackageName,
                        Collectors.mapping(BoundariesTest::module, Collectors.toCollection(TreeSet::new))));

        assertThat(modulesByPackage)
                .allSatisfy((name, modules) -> assertThat(modules).as(name).hasSize(1));
    }

    private static String module(JavaClass type) {
        String place = type.getSource().orElseThrow().getUri().toString();
        return place.substring(0, place.indexOf(type.getPackageName().replace('.', '/')));
    }

    private static boolean isNullMarked(JavaPackage own) {
        return own.tryGetAnnotationOfType(NullMarked.class).isPresent();
    }
}
