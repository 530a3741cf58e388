package io.polylog.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.apache.camel.RuntimeCamelException;
import org.apache.qpid.jms.exceptions.JmsConnectionFailedException;
import org.apache.qpid.jms.provider.exceptions.ProviderFailedException;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FarSideTest {

    static Stream<Throwable> down() {
        return Stream.of(
                new ConnectException("refused"),
                new NoRouteToHostException(),
                new SocketTimeoutException(),
                new UnknownHostException("far.example"),
                new ClosedChannelException(),
                new SSLHandshakeException("certificate expired"),
                new MqttException(32_103, new ConnectException("refused")),
                new MqttException(32_109), // connection lost
                new MqttException(0x87), // not authorized
                new MqttException(0x97), // quota exceeded
                new MqttException(MqttException.REASON_CODE_CLIENT_EXCEPTION, new UnknownHostException("far.example")),
                new JmsConnectionFailedException(new IOException("gone")),
                new ProviderFailedException("gone"));
    }

    static Stream<Throwable> notDown() {
        return Stream.of(
                new IOException("no space left on device"),
                new FileNotFoundException("in.txt"),
                new NoSuchFileException("in.txt"),
                new EOFException(),
                new IllegalStateException("closed"),
                new MqttException(0x90), // topic name invalid
                new MqttException(0x95), // packet too large
                new MqttException(MqttException.REASON_CODE_MALFORMED_PACKET),
                new MqttException(MqttException.REASON_CODE_CLIENT_EXCEPTION, new IllegalArgumentException("no")),
                new jakarta.jms.MessageFormatException("no"),
                new jakarta.jms.InvalidDestinationException("no"));
    }

    @ParameterizedTest
    @MethodSource("down")
    void isDown(Throwable failure) {
        assertThat(FarSide.isDown(failure)).isTrue();
        assertThat(FarSide.isDown(new RuntimeCamelException("wrapped", failure)))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("notDown")
    void isSomethingElse(Throwable failure) {
        assertThat(FarSide.isDown(failure)).isFalse();
        assertThat(FarSide.isDown(new RuntimeCamelException("wrapped", failure)))
                .isFalse();
    }

    @Test
    void followsACircleOfCausesNotForEver() {
        Exception one = new Exception("one");
        one.initCause(new Exception("other", one));
        assertThat(FarSide.isDown(one)).isFalse();
    }
}
