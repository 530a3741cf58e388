package io.polylog.server.badinput;

import java.util.List;
import java.util.stream.Stream;

/** The table of bad inputs, all doors together. */
final class BadRows {

    private BadRows() {}

    static Stream<BadRow> all() {
        return Stream.of(
                        TcpRows.all(),
                        KafkaRows.all(),
                        KafkaRequestRows.all(),
                        KafkaBatchRows.all(),
                        AmqpRows.all(),
                        AmqpValueRows.all(),
                        MqttRows.all(),
                        MqttFloodRows.all(),
                        HttpRows.all())
                .flatMap(List::stream);
    }
}
