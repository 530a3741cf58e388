package io.polylog.amqp.link;

import io.polylog.broker.Publisher;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import java.util.concurrent.CompletionStage;

/** Where the messages of a link go. Called on the connection's event loop, in the order of the messages. */
@FunctionalInterface
interface Destination {
    /** The stage completes when the message is durable, or fails with what refused it. */
    CompletionStage<?> publish(Record record);

    /** A topic; looked up anew each time, since partitions may be added to it. */
    static Destination topic(Publisher publisher, Topics topics, Topic topic) {
        return record -> publisher.publish(topics.find(topic.id()).orElse(topic), record);
    }

    static Destination partition(Publisher publisher, TopicPartition partition) {
        return record -> publisher.publish(partition, record);
    }
}
