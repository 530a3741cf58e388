package io.polylog.mqtt;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.polylog.spi.ProtocolAdapterFactory;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(packages = "io.polylog.mqtt", importOptions = ImportOption.DoNotIncludeTests.class)
class MqttBoundariesTest {

    @ArchTest
    static final ArchRule ONE_PUBLIC_TYPE = classes()
            .that()
            .resideInAPackage("io.polylog.mqtt")
            .and()
            .arePublic()
            .should()
            .haveSimpleName("MqttAdapterFactory");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("io.polylog.mqtt.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_FOREIGN_WORLDS = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.rocksdb..", "io.polylog.engine..", "io.polylog.node..");

    @ArchTest
    static final ArchRule NO_SYSTEM_TIME = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock");

    @Test
    void isFoundByItsName() {
        assertThat(ServiceLoader.load(ProtocolAdapterFactory.class)).anySatisfy(factory -> {
            assertThat(factory.name()).isEqualTo("mqtt");
            assertThat(factory.defaultPort()).isEqualTo(1883);
            assertThat(factory.keys()).allSatisfy(key -> assertThat(key.name()).startsWith("mqtt."));
        });
    }
}
