package io.polylog.amqp.message;

import io.polylog.share.Death;
import java.util.List;

/**
 * Writes the annotation {@code x-opt-deaths} as RabbitMQ does: an array of maps, the latest death first, with {@code queue},
 * {@code reason} (symbol), {@code count} (ulong), {@code first-time} and {@code last-time} (timestamp), {@code exchange} and
 * {@code routing-keys} (array of strings).
 */
final class DeathsAnnotation {
    private static final int PAIRS = 7;

    private DeathsAnnotation() {}

    static void write(AmqpWriter writer, List<Death> deaths) {
        writer.symbol(Names.X_DEATHS);
        int array = writer.beginMapArray();
        for (Death death : deaths) {
            int map = writer.beginArrayMap();
            writer.symbol("queue");
            writer.string(death.queue());
            writer.symbol("reason");
            writer.symbol(death.reason().text());
            writer.symbol("count");
            writer.ulong(death.count());
            writer.symbol("first-time");
            writer.timestamp(death.firstMs());
            writer.symbol("last-time");
            writer.timestamp(death.lastMs());
            writer.symbol("exchange");
            writer.string(death.exchange());
            writer.symbol("routing-keys");
            writer.stringArray(death.routingKey());
            writer.end(map, 2 * PAIRS);
        }
        writer.end(array, deaths.size());
    }
}
