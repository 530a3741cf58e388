package io.polylog.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ClientFinalMessage;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ClientFirstMessage;
import org.apache.kafka.common.security.scram.internals.ScramMessages.ServerFirstMessage;

/** The client's side of one SCRAM-SHA-256 login, whose messages can be kept and sent again. */
final class ScramExchange {

    private final String password;
    private final ScramFormatter formatter;
    private final ClientFirstMessage first;
    private byte[] last = {};

    ScramExchange(String user, String password) throws Exception {
        this.password = password;
        this.formatter = new ScramFormatter(ScramMechanism.SCRAM_SHA_256);
        this.first = new ClientFirstMessage(("n,,n=" + user + ",r=" + formatter.secureRandomString()).getBytes(UTF_8));
    }

    byte[] first() {
        return first.toBytes();
    }

    /** Takes the gateway's challenge, from which the last message is made. */
    void challenge(byte[] message) throws Exception {
        ServerFirstMessage challenge = new ServerFirstMessage(message);
        ClientFinalMessage unproved = new ClientFinalMessage("n,,".getBytes(UTF_8), challenge.nonce());
        byte[] salted = formatter.saltedPassword(password, challenge.salt(), challenge.iterations());
        byte[] proof = formatter.clientProof(salted, first, challenge, unproved);
        last = (unproved.clientFinalMessageWithoutProof() + ",p="
                        + Base64.getEncoder().encodeToString(proof))
                .getBytes(UTF_8);
    }

    byte[] last() {
        return last;
    }
}
