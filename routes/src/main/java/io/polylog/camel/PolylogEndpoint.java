package io.polylog.camel;

import io.polylog.broker.Topic;
import io.polylog.share.ShareGroups.StartAt;
import io.polylog.spi.AdapterContext;
import java.util.Optional;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;
import org.jspecify.annotations.Nullable;

/** One topic of the log as routes see it. Immutable. */
final class PolylogEndpoint extends DefaultEndpoint {

    /**
     * How a route reads.
     *
     * @param group share group, or null if none was named
     * @param maxInFlight records taken and not settled at a time
     * @param redeliveryDelayMs pause before the first redelivery; doubled with each further one
     * @param startAt where a group that does not exist yet begins
     */
    record Input(@Nullable String group, int maxInFlight, int redeliveryDelayMs, StartAt startAt) {}

    /**
     * How a route writes, unless the message says otherwise.
     *
     * @param key the records' key, or null for none
     * @param partition where records go, or null for where the key decides
     * @param delay how long records are kept back, or null for not at all
     */
    record Output(
            @Nullable String key,
            @Nullable Integer partition,
            @Nullable String delay) {}

    private final PolylogComponent component;
    private final String topic;
    private final Input input;
    private final Output output;

    PolylogEndpoint(String uri, PolylogComponent component, String topic, Input input, Output output) {
        super(uri, component);
        this.component = component;
        this.topic = topic;
        this.input = input;
        this.output = output;
    }

    String topic() {
        return topic;
    }

    /** The topic, created if need be; waits for it. */
    Topic existingTopic() throws Exception {
        Optional<Topic> known = gateway().topics().find(topic);
        return known.isPresent()
                ? known.get()
                : Answers.await(gateway().topics().ensure(topic));
    }

    Input input() {
        return input;
    }

    Output output() {
        return output;
    }

    AdapterContext gateway() {
        return component.gateway();
    }

    /** The log is at hand: a topic that cannot be had is better said when the route starts. */
    @Override
    public boolean isLazyStartProducer() {
        return false;
    }

    @Override
    public Producer createProducer() {
        return new PolylogProducer(this, gateway());
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        if (input.group() == null) {
            throw new IllegalArgumentException("polylog:" + topic + " as an input needs a group, as in polylog:" + topic
                    + "?group=" + topic + "-route");
        }
        PolylogConsumer consumer =
                new PolylogConsumer(this, processor, gateway(), input, input.group(), component.timer());
        configureConsumer(consumer);
        return consumer;
    }
}
