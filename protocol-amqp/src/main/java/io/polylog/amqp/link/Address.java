package io.polylog.amqp.link;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.qpid.proton.amqp.transport.AmqpError;

/**
 * An address of the mapping contract taken apart: {@code T} or {@code /queues/T}; {@code T::S}; {@code T/Partitions/p}.
 *
 * @param name the queue or topic as the client calls it
 * @param shareGroup S, if the address names a share group
 * @param partition p, if the address names a partition
 */
record Address(String name, Optional<String> shareGroup, OptionalInt partition) {
    private static final int MAX_LENGTH = 1024;
    private static final String QUEUES = "/queues/";
    private static final String PARTITIONS = "/Partitions/";

    static Address parse(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw new AttachRefusedException(
                    AmqpError.INVALID_FIELD, "an address has 1 to " + MAX_LENGTH + " characters");
        }
        if (text.startsWith("/exchanges/") || text.startsWith("$") || text.equals("/management")) {
            throw new AttachRefusedException(
                    AmqpError.NOT_IMPLEMENTED, "exchanges and management addresses are not supported yet");
        }
        String path = text;
        if (text.startsWith(QUEUES)) {
            path = decode(text.substring(QUEUES.length()));
        }
        if (path.contains("/ConsumerGroups/")) {
            throw new AttachRefusedException(
                    AmqpError.NOT_IMPLEMENTED, "reading a chosen partition is not supported yet");
        }
        int separator = path.indexOf("::");
        if (separator >= 0) {
            String group = path.substring(separator + 2);
            if (separator == 0 || group.isEmpty()) {
                throw new AttachRefusedException(
                        AmqpError.INVALID_FIELD, "an address of the form topic::group needs both");
            }
            return new Address(path.substring(0, separator), Optional.of(group), OptionalInt.empty());
        }
        int partitions = path.lastIndexOf(PARTITIONS);
        if (partitions > 0) {
            String number = path.substring(partitions + PARTITIONS.length());
            if (number.matches("[0-9]{1,9}")) {
                return new Address(
                        path.substring(0, partitions), Optional.empty(), OptionalInt.of(Integer.parseInt(number)));
            }
        }
        if (path.isEmpty()) {
            throw new AttachRefusedException(AmqpError.INVALID_FIELD, "an address names a queue or a topic");
        }
        return new Address(path, Optional.empty(), OptionalInt.empty());
    }

    /** RabbitMQ's addresses are percent-encoded; a plus sign is itself there. */
    private static String decode(String encoded) {
        try {
            return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new AttachRefusedException(
                    AmqpError.INVALID_FIELD, "the address is not percent-encoded as /queues/ addresses are");
        }
    }

    /** The log topic that stands behind the name. */
    String topicName() {
        return TopicNames.topic(name);
    }

    /** The share group whose ledger a queue of this address is. */
    String ledger() {
        return shareGroup.orElseGet(() -> "queue:" + topicName());
    }
}
