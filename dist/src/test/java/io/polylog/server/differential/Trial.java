package io.polylog.server.differential;

import io.polylog.server.endpoint.Endpoint;

/** For work on the comparison: plays the script against two brokers that run already, and prints what differs. */
final class Trial {

    private Trial() {}

    /**
     * @param args ports of Kafka and of the gateway on 127.0.0.1
     */
    public static void main(String[] args) throws Exception {
        try (Side kafka = new Side("kafka", new Endpoint("127.0.0.1", Integer.parseInt(args[0])));
                Side polylog = new Side("polylog", new Endpoint("127.0.0.1", Integer.parseInt(args[1])))) {
            Play play = new Play(kafka, polylog);
            for (Scenario scenario : Script.ALL) {
                scenario.run(play);
            }
            play.differences().forEach(System.out::println);
            System.out.println(play.steps() + " steps, " + play.differences().size() + " differences");
        }
    }
}
