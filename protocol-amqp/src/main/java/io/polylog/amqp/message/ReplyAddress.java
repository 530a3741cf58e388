package io.polylog.amqp.message;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address of a reply in the log: the name of a queue in the form {@code /queues/NAME} is stored as the name alone, by
 * which the other protocols know it too. Any other address is nobody's but AMQP's, and stays as it is.
 */
final class ReplyAddress {
    private static final String QUEUES = "/queues/";
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    private ReplyAddress() {}

    static @Nullable String stored(@Nullable String address) {
        if (address == null || !address.startsWith(QUEUES)) {
            return address;
        }
        String name = address.substring(QUEUES.length());
        try {
            name = URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return address;
        }
        return TOPIC.matcher(name).matches() ? name : address;
    }
}
