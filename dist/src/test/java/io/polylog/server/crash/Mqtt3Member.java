package io.polylog.server.crash;

import io.polylog.server.crash.LedgerTally.Line;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Set;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.MqttPersistenceException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/**
 * Eclipse Paho with MQTT 3.1.1, which can only accept. A message of QoS 2 it gives to its user at PUBREL, which the gateway
 * sends when the acceptance is durable: given is accepted for certain. If its process ends before it has noted that, it gives
 * the message again by itself.
 */
final class Mqtt3Member extends MqttMember {

    private final Disk disk = new Disk();

    Mqtt3Member(Target target, String name, String filter, int qos, LedgerTally tally, long seed) throws IOException {
        super(target, name, filter, qos, tally, seed);
    }

    @Override
    Client client(Line line) throws MqttException {
        return new Paho(line);
    }

    /** Outlives the clients that use it. */
    private static final class Disk extends MemoryPersistence {
        private boolean opened;

        @Override
        public void open(String clientId, String server) throws MqttPersistenceException {
            if (!opened) {
                opened = true;
                super.open(clientId, server);
            }
        }

        @Override
        public void close() {}

        /** The numbers of the messages that were received and not given to the user yet. */
        Set<Integer> received() throws MqttPersistenceException {
            Set<Integer> numbers = new HashSet<>();
            if (opened) {
                for (Object key : Collections.list((Enumeration<?>) keys())) {
                    if (key.toString().startsWith("r-")) {
                        byte[] payload = get(key.toString()).getPayloadBytes();
                        numbers.add(Tally.numberOf(new String(payload, StandardCharsets.UTF_8)));
                    }
                }
            }
            return numbers;
        }
    }

    private final class Paho implements Client, MqttCallback {
        private final Line line;
        private final MqttAsyncClient client;
        private final RoundTrips trips;
        private final Set<Integer> receivedBefore;
        private int accepted = -1;

        Paho(Line line) throws MqttException {
            this.line = line;
            this.receivedBefore = disk.received();
            receivedBefore.forEach(tally()::comesAgain);
            this.client = new MqttAsyncClient("tcp://" + address(), name(), disk);
            this.trips = new RoundTrips(tally(), line, this::travel);
            client.setCallback(this);
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            if (accepted >= 0) {
                trips.accepted(accepted); // what came before this has been answered by now
            }
            int number = Tally.numberOf(new String(message.getPayload(), StandardCharsets.UTF_8));
            boolean marked = message.isDuplicate() || receivedBefore.contains(number);
            judge(message.getPayload(), marked, line, false);
            if (qos() == 1) {
                accepted = number;
            } else {
                tally().confirm(number);
            }
        }

        private void travel() {
            try {
                client.publish("receipts/" + name(), new byte[0], 1, false, null, new IMqttActionListener() {
                    @Override
                    public void onSuccess(IMqttToken token) {
                        trips.returned();
                    }

                    @Override
                    public void onFailure(IMqttToken token, Throwable failure) {}
                });
            } catch (MqttException gone) {
                // no confirmation over this line any more
            }
        }

        @Override
        public void begin(String filter, int qos) throws MqttException {
            MqttConnectOptions options = new MqttConnectOptions();
            options.setCleanSession(false);
            client.connect(options).waitForCompletion(MqttSession.PATIENCE_MS);
            client.subscribe(filter, qos).waitForCompletion(MqttSession.PATIENCE_MS);
        }

        @Override
        public void abandon() {
            try {
                client.disconnectForcibly(0, 0, false);
                client.close(true);
            } catch (MqttException alreadyGone) {
                // nothing to end
            }
        }

        @Override
        public void connectionLost(Throwable cause) {
            lost(line);
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {}
    }
}
