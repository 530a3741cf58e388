package io.polylog.server.badinput;

import java.util.List;
import java.util.stream.Stream;

/** The tables of bad inputs, all doors together. */
final class BadRows {

    private BadRows() {}

    /** For doors that speak TLS, the one of Kafka after a proof of who it is. */
    static Stream<BadRow> secure() {
        return Stream.of(TlsRows.all(), SaslRows.all()).flatMap(List::stream);
    }

    /** For doors that are open to everybody. */
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
