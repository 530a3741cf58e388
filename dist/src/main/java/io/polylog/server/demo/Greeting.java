package io.polylog.server.demo;

import java.util.UUID;

/** The message that goes in through one door and comes out of the others. */
record Greeting(String topic, String key, String text) {

    /** Unlike any other, so that whatever comes out is known to be what went in. */
    static Greeting unique() {
        return new Greeting("demo", "greeting/1", "Hello from Kafka, " + UUID.randomUUID());
    }

    /** Fails unless what a client received is this text. */
    void requireSameText(String client, String received) throws StepFailedException {
        if (!received.equals(text)) {
            throw new StepFailedException(client + " received \"" + received + "\" instead of \"" + text + "\"");
        }
    }

    /** The MQTT topic of a record is its log topic and its key. */
    String mqttTopic() {
        return topic + "/" + key;
    }
}
