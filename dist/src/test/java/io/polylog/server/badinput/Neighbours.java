package io.polylog.server.badinput;

import io.polylog.server.it.StartedGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.SocketFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/** One stock client at each door, all of them connected from first to last. One thread. */
final class Neighbours implements AutoCloseable {

    private final List<Neighbour> all;
    private int rounds;

    private Neighbours(List<Neighbour> all) {
        this.all = all;
    }

    /** At doors that are open to everybody. */
    static Neighbours plain(StartedGateway gateway) throws Exception {
        List<Neighbour> all = new ArrayList<>();
        all.add(new KafkaNeighbour(gateway.endpoint("kafka"), Map.of()));
        all.add(new JmsNeighbour(new JmsConnectionFactory("amqp://" + gateway.endpoint("amqp"))));
        all.add(new MqttNeighbour("tcp://" + gateway.endpoint("mqtt"), SocketFactory.getDefault()));
        all.add(new HttpNeighbour("http://" + gateway.endpoint("http"), SecureDoors.trustingNobody()));
        return new Neighbours(all);
    }

    /** At doors that speak TLS, the one of Kafka with a password. */
    static Neighbours secure(StartedGateway gateway, SecureDoors doors) throws Exception {
        List<Neighbour> all = new ArrayList<>();
        all.add(new KafkaNeighbour(gateway.endpoint("kafka"), doors.kafkaClient()));
        JmsConnectionFactory jms = new JmsConnectionFactory("amqps://" + gateway.endpoint("amqp"));
        jms.setSslContext(doors.trust());
        all.add(new JmsNeighbour(jms));
        all.add(new MqttNeighbour(
                "ssl://" + gateway.endpoint("mqtt"), doors.trust().getSocketFactory()));
        all.add(new HttpNeighbour("https://" + gateway.endpoint("http"), doors.trust()));
        return new Neighbours(all);
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
