package io.polylog.server.differential;

import io.polylog.server.endpoint.Endpoint;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** The whole script played against Kafka and the gateway, and what is to be said about their answers. One thread. */
public final class Comparison implements AutoCloseable {

    private final Play play;

    public Comparison(Endpoint kafka, Endpoint polylog) {
        play = new Play(new Side("kafka", kafka), new Side("polylog", polylog));
    }

    public void run() throws Exception {
        for (Scenario scenario : Script.ALL) {
            scenario.run(play);
        }
    }

    /** Differences that nobody accepted, as lines to read. */
    public List<String> unexplained() {
        return play.differences().stream()
                .filter(difference -> !AcceptedDifferences.explain(difference))
                .map(Difference::toString)
                .toList();
    }

    /** Accepted differences that did not occur: they are to be struck from the list. */
    public List<String> explainedInVain() {
        return AcceptedDifferences.ALL.stream()
                .filter(known -> play.differences().stream().noneMatch(known::covers))
                .map(Accepted::toString)
                .toList();
    }

    /** What the gateway offers and the script leaves out. */
    public Set<ApiKeys> notCompared() throws IOException {
        play.polylog.send(
                ApiKeys.API_VERSIONS,
                4,
                new ApiVersionsRequestData().setClientSoftwareName("diff").setClientSoftwareVersion("1"));
        ApiVersionsResponseData offered = (ApiVersionsResponseData) play.polylog.receive(ApiKeys.API_VERSIONS, 4);
        Set<ApiKeys> keys = EnumSet.noneOf(ApiKeys.class);
        offered.apiKeys().forEach(range -> keys.add(ApiKeys.forId(range.apiKey())));
        keys.removeAll(Script.LEFT_OUT);
        return play.notAskedWhole(keys);
    }

    @Override
    public void close() throws IOException {
        play.kafka.close();
        play.polylog.close();
    }
}
