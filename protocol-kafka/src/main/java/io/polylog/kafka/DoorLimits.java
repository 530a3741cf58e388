package io.polylog.kafka;

import io.polylog.broker.AddressLimits;
import io.polylog.broker.BrokerSetting;
import io.polylog.broker.BrokerSettings;
import io.polylog.broker.KnownBrokerSettings;
import io.polylog.spi.ConnectionLimits;
import java.net.InetAddress;

/** How many connections this door has at a time, as the broker's settings have it at the moment (KIP-402). Any thread. */
final class DoorLimits implements ConnectionLimits {

    private static final BrokerSetting TOTAL = KnownBrokerSettings.known(KnownBrokerSettings.MAX_CONNECTIONS);
    private static final BrokerSetting PER_ADDRESS =
            KnownBrokerSettings.known(KnownBrokerSettings.MAX_CONNECTIONS_PER_ADDRESS);
    private static final BrokerSetting OF_ADDRESSES =
            KnownBrokerSettings.known(KnownBrokerSettings.MAX_CONNECTIONS_OF_ADDRESSES);

    private final BrokerSettings settings;

    /** As it was read last. */
    private volatile AddressLimits ofAddresses = AddressLimits.NONE;

    DoorLimits(BrokerSettings settings) {
        this.settings = settings;
    }

    @Override
    public int total() {
        return Integer.parseInt(settings.value(TOTAL).orElseThrow());
    }

    @Override
    public int from(InetAddress address) {
        return ofAddresses()
                .of(address)
                .orElseGet(() -> Integer.parseInt(settings.value(PER_ADDRESS).orElseThrow()));
    }

    private AddressLimits ofAddresses() {
        String text = settings.value(OF_ADDRESSES).orElse("");
        AddressLimits known = ofAddresses;
        if (!known.text().equals(text)) {
            known = AddressLimits.parse(text);
            ofAddresses = known;
        }
        return known;
    }
}
