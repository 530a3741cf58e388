package io.polylog.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicSettingsTest {

    /** Compared with Kafka's own list, so that a new version of it is noticed. */
    @Test
    void everySettingOfKafkasTopicsIsKnown() {
        TreeSet<String> known = TopicSettings.all().stream()
                .map(TopicSetting::name)
                .filter(name -> !name.startsWith("polylog."))
                .collect(Collectors.toCollection(TreeSet::new));
        TreeSet<String> kafkas = Stream.of(TopicConfig.class.getFields())
                .filter(field -> field.getName().endsWith("_CONFIG"))
                .map(TopicSettingsTest::text)
                .collect(Collectors.toCollection(TreeSet::new));
        kafkas.removeIf(name -> name.startsWith("internal."));
        kafkas.remove("message.downconversion.enable"); // a name without a setting since Kafka 4
        assertThat(kafkas).hasSizeGreaterThan(30);
        assertThat(known).containsAll(kafkas);
    }

    private static String text(Field field) {
        try {
            assertThat(Modifier.isStatic(field.getModifiers())).isTrue();
            return (String) field.get(null);
        } catch (IllegalAccessException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void everySettingTakesItsDefaultAndSaysWhatItDoes() {
        assertThat(TopicSettings.all()).allSatisfy(setting -> {
            assertThat(setting.canonical(setting.defaultValue())).isEqualTo(setting.defaultValue());
            assertThat(setting.documentation()).endsWith(".");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "retention.ms, ' 5000 ', 5000",
        "preallocate, TRUE, true",
        "cleanup.policy, 'compact , delete', 'compact,delete'",
        "cleanup.policy, '', ''",
        "min.cleanable.dirty.ratio, 1, 1.0",
        "compression.gzip.level, -1, -1",
        "leader.replication.throttled.replicas, '0:1,2:3', '0:1,2:3'"
    })
    void valuesAreKeptInOneForm(String name, String given, String kept) {
        assertThat(TopicSettings.canonical(Map.of(name, given))).isEqualTo(Map.of(name, kept));
    }

    @ParameterizedTest
    @CsvSource({
        "no.such.key, 1",
        "retention.ms, soon",
        "retention.ms, -2",
        "cleanup.policy, 'delete,delete'",
        "cleanup.policy, burn",
        "compression.gzip.level, 0",
        "leader.replication.throttled.replicas, 0",
        "segment.bytes, 1048575",
        "remote.storage.enable, true",
        "polylog.retention, stack"
    })
    void otherValuesAreRefused(String name, String value) {
        assertThatThrownBy(() -> TopicSettings.canonical(Map.of(name, value)))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(Refusal.INVALID_CONFIG))
                .hasMessageContaining(name);
    }

    @Test
    void lagsOfCompactionFitTogether() {
        assertThatThrownBy(() ->
                        TopicSettings.canonical(Map.of("min.compaction.lag.ms", "9", "max.compaction.lag.ms", "8")))
                .hasMessageContaining("min.compaction.lag.ms (9)");
    }
}
