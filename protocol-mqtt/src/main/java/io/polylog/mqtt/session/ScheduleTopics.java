package io.polylog.mqtt.session;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.PublishProperties.UserProperty;
import io.polylog.mqtt.codec.TopicNames;
import io.polylog.mqtt.message.Message;
import io.polylog.schedule.ScheduleHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Topics by which a client that knows no user properties says when a message is to come, or takes one back:
 * {@code $delayed/{seconds}/{topic}}, {@code $delayed/{epoch seconds}/{topic}}, {@code $schedule/cancel/{topic}/{id}}. The
 * first two are EMQX's. Stateless.
 */
final class ScheduleTopics {

    /** From here on a number of seconds is a time since the Unix epoch; below, it is a delay, of 497 days at most. */
    private static final long FIRST_TIME = 42_949_670;

    private static final String DELAYED = "$delayed/";
    private static final String CANCEL = "$schedule/cancel/";

    /** Seconds that are milliseconds in 64 bits; the log has a nearer limit of its own. */
    private static final Pattern SECONDS = Pattern.compile("\\d{1,15}");

    private ScheduleTopics() {}

    /** Whether a message asks by its topic for another time than now. */
    static boolean ask(Message message) {
        return message.topic().startsWith(DELAYED) || message.topic().startsWith(CANCEL);
    }

    /**
     * The message to the topic that is meant, with user properties that say what the topic said.
     *
     * @param message one that {@linkplain #ask asks}
     * @throws RefusedException {@code INVALID_TOPIC_NAME} if the topic is not of the form above
     */
    static Message resolve(Message message) {
        return message.topic().startsWith(DELAYED) ? delayed(message) : cancelling(message);
    }

    private static Message delayed(Message message) {
        String rest = message.topic().substring(DELAYED.length());
        int slash = rest.indexOf('/');
        if (slash < 0 || !SECONDS.matcher(rest.substring(0, slash)).matches()) {
            throw refused("the topic is $delayed/, whole seconds from now or since 1970, a slash, and a topic");
        }
        long seconds = Long.parseLong(rest.substring(0, slash));
        UserProperty property = seconds < FIRST_TIME
                ? new UserProperty(ScheduleHeaders.DELAY, seconds + "s")
                : new UserProperty(ScheduleHeaders.DELIVER_AT, Long.toString(seconds * 1000));
        return message(message, rest.substring(slash + 1), message.payload(), property);
    }

    /** What it carries says nothing: the topic has said all. */
    private static Message cancelling(Message message) {
        String rest = message.topic().substring(CANCEL.length());
        int slash = rest.lastIndexOf('/');
        if (slash < 0) {
            throw refused("the topic is $schedule/cancel/, a topic, a slash, and an id");
        }
        UserProperty property = new UserProperty(ScheduleHeaders.CANCEL, rest.substring(slash + 1));
        return message(message, rest.substring(0, slash), new byte[0], property);
    }

    private static Message message(Message asked, String topic, byte[] payload, UserProperty property) {
        if (!TopicNames.isName(topic) || PublishRouter.isReserved(topic)) {
            throw refused("a message cannot be scheduled for that topic");
        }
        PublishProperties properties = asked.properties();
        List<UserProperty> user = new ArrayList<>(properties.userProperties());
        user.add(property);
        return new Message(topic, asked.qos(), asked.retain(), payload, properties.withUserProperties(user));
    }

    private static RefusedException refused(String sentence) {
        return new RefusedException(Refusal.INVALID_TOPIC_NAME, sentence);
    }
}
