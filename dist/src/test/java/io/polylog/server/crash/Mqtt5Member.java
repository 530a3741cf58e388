package io.polylog.server.crash;

import io.polylog.server.crash.LedgerTally.Line;
import io.polylog.server.crash.LedgerTally.Outcome;
import io.polylog.server.paho.QuietCallback;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.MqttToken;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttPubAck;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;

/**
 * Eclipse Paho with MQTT 5, which gives a message to its user as soon as it comes. With QoS 1 it refuses what is unfit; with
 * QoS 2 the library accepts by itself.
 */
final class Mqtt5Member extends MqttMember {

    private static final long SESSION_EXPIRY_S = 3600;

    /** This library does not tell whether a message came with DUP. */
    private static final boolean DUP_UNKNOWN = true;

    private final Disk disk = new Disk();

    Mqtt5Member(Target target, String name, String filter, int qos, LedgerTally tally, long seed) throws IOException {
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
        public void open(String clientId) throws org.eclipse.paho.mqttv5.common.MqttPersistenceException {
            if (!opened) {
                opened = true;
                super.open(clientId);
            }
        }

        @Override
        public void close() {}
    }

    private final class Paho extends MqttAsyncClient implements Client {
        private final Line line;
        private final RoundTrips trips;
        private int accepted = -1;

        Paho(Line line) throws MqttException {
            super("tcp://" + address(), name(), disk);
            this.line = line;
            this.trips = new RoundTrips(tally(), line, this::travel);
            setManualAcks(qos() == 1);
            setCallback(new QuietCallback() {
                @Override
                public void messageArrived(String topic, MqttMessage message) throws MqttException {
                    arrived(message);
                }

                @Override
                public void disconnected(MqttDisconnectResponse response) {
                    lost(line);
                }
            });
        }

        private void arrived(MqttMessage message) throws MqttException {
            if (accepted >= 0) {
                trips.accepted(accepted); // what came before this has been answered by now
                accepted = -1;
            }
            Outcome outcome = judge(message.getPayload(), DUP_UNKNOWN, line, qos() == 1);
            if (outcome == Outcome.ACCEPT) {
                accepted = Tally.numberOf(new String(message.getPayload(), StandardCharsets.UTF_8));
            }
            if (qos() == 1) {
                answer(message.getId(), outcome == Outcome.ACCEPT ? 0 : MqttReturnCode.RETURN_CODE_UNSPECIFIED_ERROR);
            }
        }

        private void answer(int packetId, int reason) throws MqttException {
            comms.sendNoWait(new MqttPubAck(reason, packetId, new MqttProperties()), new MqttToken(name()));
        }

        private void travel() {
            try {
                publish("receipts/" + name(), new byte[0], 1, false, null, new MqttActionListener() {
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
            MqttConnectionOptions options = new MqttConnectionOptions();
            options.setCleanStart(false);
            options.setSessionExpiryInterval(SESSION_EXPIRY_S);
            connect(options).waitForCompletion(MqttSession.PATIENCE_MS);
            subscribe(new MqttSubscription[] {new MqttSubscription(filter, qos)})
                    .waitForCompletion(MqttSession.PATIENCE_MS);
        }

        @Override
        public void abandon() {
            try {
                disconnectForcibly(0, 0, false);
                close(true);
            } catch (MqttException alreadyGone) {
                // nothing to end
            }
        }
    }
}
