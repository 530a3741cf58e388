package io.polylog.server.differential;

import io.polylog.server.endpoint.Endpoint;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * The whole script played against Kafka and the gateway, and what is to be said about their answers. The open door of each
 * lets everybody in, the guarded one those who prove who they are. One thread.
 */
public final class Comparison implements AutoCloseable {

    private final Play open;
    private final Play strangers;
    private final Play root;
    private final List<Play> all;

    /** Both doors of a broker. */
    public record Doors(Endpoint open, Endpoint guarded) {

        Side openSide(String name) {
            return new Side(name, open);
        }

        Side guardedSide(String name, List<String> login) {
            return new Side(name, guarded, login);
        }
    }

    public Comparison(Doors kafka, Doors polylog) {
        open = new Play(kafka.openSide("kafka"), polylog.openSide("polylog"));
        strangers = guarded(kafka, polylog, List.of());
        root = guarded(kafka, polylog, Script.ROOT);
        all = List.of(open, strangers, root);
    }

    private static Play guarded(Doors kafka, Doors polylog, List<String> login) {
        return new Play(kafka.guardedSide("kafka", login), polylog.guardedSide("polylog", login));
    }

    public void run() throws Exception {
        play(open, Script.ALL);
        play(strangers, Script.STRANGERS);
        play(root, Script.GUARDED);
    }

    private static void play(Play play, List<Scenario> scenarios) throws Exception {
        for (Scenario scenario : scenarios) {
            scenario.run(play);
        }
    }

    private List<Difference> differences() {
        return all.stream().flatMap(play -> play.differences().stream()).toList();
    }

    /** Differences that nobody accepted, as lines to read. */
    public List<String> unexplained() {
        return differences().stream()
                .filter(difference -> !AcceptedDifferences.explain(difference))
                .map(Difference::toString)
                .toList();
    }

    /** Accepted differences that did not occur: they are to be struck from the list. */
    public List<String> explainedInVain() {
        return AcceptedDifferences.ALL.stream()
                .filter(known -> differences().stream().noneMatch(known::covers))
                .map(Accepted::toString)
                .toList();
    }

    /** What the gateway offers and the script leaves out. */
    public Set<ApiKeys> notCompared() throws IOException {
        open.polylog.send(
                ApiKeys.API_VERSIONS,
                4,
                new ApiVersionsRequestData().setClientSoftwareName("diff").setClientSoftwareVersion("1"));
        ApiVersionsResponseData offered = (ApiVersionsResponseData) open.polylog.receive(ApiKeys.API_VERSIONS, 4);
        Set<ApiKeys> keys = EnumSet.noneOf(ApiKeys.class);
        offered.apiKeys().forEach(range -> keys.add(ApiKeys.forId(range.apiKey())));
        for (Play play : all) {
            keys.retainAll(play.notAskedWhole(keys));
        }
        return keys;
    }

    @Override
    public void close() throws IOException {
        for (Play play : all) {
            play.kafka.close();
            play.polylog.close();
        }
    }
}
