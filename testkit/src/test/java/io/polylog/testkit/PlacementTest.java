package io.polylog.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.engine.EngineSettings;
import io.polylog.engine.Homes;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacementTest {

    @TempDir
    Path directory;

    @Test
    void topicsMadeOneAfterTheOtherLiveInDifferentGroups() throws Exception {
        Homes homes = new Homes(EngineSettings.DEFAULT_DATA_GROUPS);
        Set<Integer> used = new HashSet<>();
        for (int round = 0; round < 2; round++) {
            try (TestGateway gateway = TestGateway.start(directory)) {
                for (int i = 0; i < 3; i++) {
                    Topic topic = gateway.context()
                            .topics()
                            .ensure("t" + round + i)
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS);
                    assertThat(used.add(homes.of(topic.id(), 0)))
                            .as("a group of its own, also after a restart: %s", topic)
                            .isTrue();
                }
            }
        }
    }
}
