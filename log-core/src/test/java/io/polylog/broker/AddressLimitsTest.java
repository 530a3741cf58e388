package io.polylog.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressLimitsTest {

    @Test
    void addressesOfBothKindsHaveTheirNumbers() throws Exception {
        AddressLimits limits = AddressLimits.parse("10.0.0.255:5, fe80::1:70");
        assertThat(limits.of(InetAddress.getByName("10.0.0.255"))).hasValue(5);
        assertThat(limits.of(InetAddress.getByName("fe80:0:0:0:0:0:0:1"))).hasValue(70);
        assertThat(limits.of(InetAddress.getByName("10.0.0.1"))).isEmpty();
    }

    @Test
    void nothingIsSaidOfNobody() {
        assertThat(AddressLimits.parse(" ").byAddress()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "10.0.0.1:",
                "10.0.0.1:-1",
                "10.0.0.1:some",
                "10.0.0.1:5,",
                "10.0.0.256:5",
                "10.1:5",
                "1::2::3:5",
                "fe80::1%lo:5",
                "localhost:5",
                "cafe:5",
                ":5"
            })
    void whatIsNoAddressWithANumberIsRefused(String text) {
        assertThatThrownBy(() -> AddressLimits.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
