package io.polylog.server.badinput;

import io.polylog.server.it.StartedGateway;
import java.util.ArrayList;
import java.util.List;

/** One stock client at each door, all of them connected from first to last. One thread. */
final class Neighbours implements AutoCloseable {

    private final List<Neighbour> all = new ArrayList<>();
    private int rounds;

    Neighbours(StartedGateway gateway) throws Exception {
        all.add(new KafkaNeighbour(gateway.endpoint("kafka")));
        all.add(new JmsNeighbour(gateway.endpoint("amqp")));
        all.add(new MqttNeighbour(gateway.endpoint("mqtt")));
        all.add(new HttpNeighbour(gateway.endpoint("http")));
    }

    /** Each sends something and receives it again. */
    void workOn() throws Exception {
        String text = "round " + rounds++;
        for (Neighbour neighbour : all) {
            neighbour.roundTrip(text);
        }
    }

    @Override
    public void close() throws Exception {
        for (Neighbour neighbour : all) {
            neighbour.close();
        }
    }
}
