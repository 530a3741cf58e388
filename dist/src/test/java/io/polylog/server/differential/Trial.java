package io.polylog.server.differential;

import io.polylog.server.endpoint.Endpoint;
import java.util.List;

/** For work on the comparison: plays the script against two brokers that run already, and prints what differs without a reason. */
final class Trial {

    private Trial() {}

    /**
     * @param args ports of Kafka and of the gateway on 127.0.0.1; then, if not all, the scenarios by their class names, those
     *     of {@link Script#GUARDED} too, for which the ports are guarded ones
     */
    public static void main(String[] args) throws Exception {
        List<String> chosen = List.of(args).subList(2, args.length);
        Play play = new Play(side("kafka", args[0], List.of()), side("polylog", args[1], List.of()));
        play(play, Script.ALL, chosen);
        Play root = new Play(side("kafka", args[0], Script.ROOT), side("polylog", args[1], Script.ROOT));
        if (!chosen.isEmpty()) {
            play(play, Script.STRANGERS, chosen);
            play(root, Script.GUARDED, chosen);
        }
        for (Play one : List.of(play, root)) {
            one.differences().stream()
                    .filter(difference -> !AcceptedDifferences.explain(difference))
                    .forEach(System.out::println);
            System.out.println(one.steps() + " steps, " + one.differences().size() + " differences");
        }
    }

    private static Side side(String name, String port, List<String> login) {
        return new Side(name, new Endpoint("127.0.0.1", Integer.parseInt(port)), login);
    }

    private static void play(Play play, List<Scenario> scenarios, List<String> chosen) throws Exception {
        for (Scenario scenario : scenarios) {
            if (chosen.isEmpty() || chosen.contains(scenario.getClass().getSimpleName())) {
                scenario.run(play);
            }
        }
    }
}
