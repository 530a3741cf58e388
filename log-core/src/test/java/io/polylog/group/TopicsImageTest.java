package io.polylog.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TopicsImageTest {

    private final TopicsImage image = new TopicsImage(1);

    @Test
    void followsCreationGrowthAndDeletion() {
        assertThat(partitions(topic(1, "a", 2))).isEqualTo(2);
        assertThat(partitions(topic(1, "a", 5))).isEqualTo(5);
        assertThat(image.refresh(List.of()).orElseThrow().image().topics().getTopic("a"))
                .isNull();
    }

    @Test
    void saysNothingWhenNothingChanged() {
        partitions(topic(1, "a", 2));
        assertThat(image.refresh(List.of(topic(1, "a", 2)))).isEmpty();
    }

    @Test
    void tellsATopicFromALaterOneOfTheSameName() {
        partitions(topic(1, "a", 3));
        var update = image.refresh(List.of(topic(2, "a", 1))).orElseThrow();
        assertThat(update.image().topics().getTopic("a").partitions()).hasSize(1);
        assertThat(update.delta().topicsDelta().deletedTopicIds()).hasSize(1);
    }

    private int partitions(Topic topic) {
        return image.refresh(List.of(topic))
                .orElseThrow()
                .image()
                .topics()
                .getTopic(topic.name())
                .partitions()
                .size();
    }

    private static Topic topic(long id, String name, int partitionCount) {
        return new Topic(new UUID(1, id), name, partitionCount, Map.of());
    }
}
