package io.polylog.server.differential;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** How clients prove who they are, and fail to. Each attempt has a connection of its own. */
final class SaslScenario implements Scenario {

    private static final String RIGHT = "\0root\0pw";

    @Override
    public void run(Play play) {
        play.everyVersion(ApiKeys.SASL_HANDSHAKE, version -> shakesHands(play, version));
        play.everyVersion(ApiKeys.SASL_AUTHENTICATE, version -> proves(play, version));
        hangUp(play);
        play.ask("before it is proved who asks", ApiKeys.METADATA, 12, new MetadataRequestData());
        hangUp(play);
        play.ask("of a token without a handshake", ApiKeys.SASL_AUTHENTICATE, 2, token(RIGHT));
    }

    private static void hangUp(Play play) {
        play.sides().forEach(Side::hangUp);
    }

    private static void shakesHands(Play play, int version) {
        for (String mechanism : new String[] {"PLAIN", "GSSAPI", "", "plain"}) {
            hangUp(play);
            play.ask("for " + mechanism, ApiKeys.SASL_HANDSHAKE, version, handshake(mechanism));
        }
        hangUp(play);
        play.ask("for one that is there", ApiKeys.SASL_HANDSHAKE, version, handshake("PLAIN"));
        play.ask("for it once more", ApiKeys.SASL_HANDSHAKE, version, handshake("PLAIN"));
    }

    private static SaslHandshakeRequestData handshake(String mechanism) {
        return new SaslHandshakeRequestData().setMechanism(mechanism);
    }

    private static SaslAuthenticateRequestData token(String text) {
        return new SaslAuthenticateRequestData().setAuthBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void proves(Play play, int version) {
        prove(play, "as root", version, RIGHT);
        play.ask("and once more", ApiKeys.SASL_AUTHENTICATE, version, token(RIGHT));
        prove(play, "as root in root's name", version, "root" + RIGHT);
        prove(play, "as root in another's name", version, "anna" + RIGHT);
        prove(play, "with a wrong password", version, "\0root\0wrong");
        prove(play, "as nobody", version, "\0nobody\0pw");
        prove(play, "without a password", version, "\0root\0");
        prove(play, "without a name", version, "\0\0pw");
        prove(play, "with too little", version, "root");
        prove(play, "with too much", version, RIGHT + "\0more");
        prove(play, "with nothing", version, "");
    }

    private static void prove(Play play, String step, int version, String token) {
        hangUp(play);
        play.ask("for PLAIN", ApiKeys.SASL_HANDSHAKE, 1, handshake("PLAIN"));
        play.ask(step, ApiKeys.SASL_AUTHENTICATE, version, token(token));
    }
}
