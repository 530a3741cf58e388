package io.polylog.mqtt;

import io.netty.channel.Channel;
import io.polylog.mqtt.session.Sessions;
import io.polylog.spi.ProtocolAdapter;
import java.net.InetSocketAddress;

/** MQTT behind one listener. Any thread; closed after its last connection. */
final class MqttAdapter implements ProtocolAdapter {

    private final Sessions sessions;

    MqttAdapter(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public void connected(Channel channel) {
        sessions.accept(channel);
    }

    @Override
    public String tryNext(InetSocketAddress address) {
        return "mosquitto_sub -h " + address.getAddress().getHostAddress() + " -p " + address.getPort() + " -t '#' -v";
    }

    @Override
    public void close() {
        sessions.close();
    }
}
