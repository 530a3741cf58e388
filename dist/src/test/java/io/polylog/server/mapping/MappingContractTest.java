package io.polylog.server.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.mapping.MappingCase.Append;
import io.polylog.testkit.GatewayExtension;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every field of {@link MappingRow}, sent by a stock client of every protocol and read by one of each: what the sender can say
 * all others are told, and what one cannot be told is counted. A field that a sender cannot say must not appear anywhere.
 */
class MappingContractTest {

    static final String TOPIC = "contract";
    private static final String DROPPED = "polylog_mapping_dropped_total";
    private static final List<String> PROTOCOLS = List.of("Kafka", "AMQP 1.0", "MQTT 5", "MQTT 3.1.1");

    @RegisterExtension
    static final GatewayExtension gateway = GatewayExtension.withVirtualClock();

    private static final List<Door<?, ?>> doors = new ArrayList<>();
    private static long nextOffset;

    @BeforeAll
    static void connect() throws Exception {
        doors.add(new KafkaDoor(gateway, TOPIC)); // the first: it makes the topic
        doors.add(new AmqpDoor(gateway, TOPIC));
        doors.add(new Mqtt5Door(gateway, TOPIC));
        doors.add(new Mqtt3Door(gateway, TOPIC));
    }

    @AfterAll
    static void disconnect() throws Exception {
        for (Door<?, ?> door : doors) {
            door.close();
        }
    }

    static Stream<Arguments> casesAndSenders() {
        return Arrays.stream(MappingRow.values())
                .flatMap(row -> row.cases().stream())
                .flatMap(field -> PROTOCOLS.stream().map(sender -> Arguments.of(field, sender)));
    }

    @ParameterizedTest(name = "{0} from {1}")
    @MethodSource("casesAndSenders")
    void everyProtocolIsToldOrItIsCounted(MappingCase field, String sender) throws Exception {
        Map<String, Long> before = dropped();
        String ofRecord = door(sender).send(field, new Append(gateway.clock().timeMs(), nextOffset++));
        Map<Door<?, ?>, String> read = new HashMap<>();
        for (Door<?, ?> receiver : doors) {
            read.put(receiver, receiver.receive(field));
        }
        SoftAssertions.assertSoftly(softly -> {
            Set<String> counted = new TreeSet<>();
            door(sender).lens(field).refused().ifPresent(counted::add);
            for (Door<?, ?> receiver : doors) {
                Lens<?, ?> lens = receiver.lens(field);
                softly.assertThat(read.get(receiver)).as("read by " + receiver).isEqualTo(lens.expected(ofRecord));
                if (ofRecord != null) {
                    lens.dropped()
                            .ifPresent(name -> counted.add("from=log to=" + receiver.meterName() + " field=" + name));
                }
            }
            softly.assertThat(grown(before)).as("counted in " + DROPPED).isEqualTo(counted);
        });
    }

    @Test
    void everyRowHasACase() {
        assertThat(MappingRow.values())
                .allSatisfy(
                        row -> assertThat(row.cases()).as(row + " has cases").isNotEmpty());
    }

    @Test
    void documentationHasTheSameTable() throws IOException {
        assertThat(Documentation.table(MappingRow.HEADING))
                .as("the table of fields in docs/mapping.md is that of MappingRow; change both")
                .isEqualTo(MappingRow.markdownTable());
    }

    private static Door<?, ?> door(String name) {
        return doors.stream()
                .filter(door -> door.toString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Long> dropped() {
        return gateway.gateway().counters(DROPPED);
    }

    /** The counters that stand higher than before. */
    private static Set<String> grown(Map<String, Long> before) {
        Set<String> grown = new TreeSet<>();
        dropped().forEach((tags, count) -> {
            if (count > before.getOrDefault(tags, 0L)) {
                grown.add(tags);
            }
        });
        return grown;
    }
}
