package io.polylog.server.differential;

import io.polylog.server.endpoint.Endpoint;
import java.util.List;

/** For work on the comparison: plays the script against two brokers that run already, and prints what differs without a reason. */
final class Trial {

    private Trial() {}

    /**
     * @param args ports of Kafka and of the gateway on 127.0.0.1; then, if not all, the scenarios by their class names
     */
    public static void main(String[] args) throws Exception {
        try (Side kafka = new Side("kafka", new Endpoint("127.0.0.1", Integer.parseInt(args[0])));
                Side polylog = new Side("polylog", new Endpoint("127.0.0.1", Integer.parseInt(args[1])))) {
            Play play = new Play(kafka, polylog);
            List<String> chosen = List.of(args).subList(2, args.length);
            for (Scenario scenario : Script.ALL) {
                if (chosen.isEmpty() || chosen.contains(scenario.getClass().getSimpleName())) {
                    scenario.run(play);
                }
            }
            play.differences().stream()
                    .filter(difference -> !AcceptedDifferences.explain(difference))
                    .forEach(System.out::println);
            System.out.println(play.steps() + " steps, " + play.differences().size() + " differences");
        }
    }
}
