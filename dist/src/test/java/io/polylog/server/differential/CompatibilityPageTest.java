package io.polylog.server.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class CompatibilityPageTest {

    /** To write it anew, replace the page with what this test says it should be. */
    @Test
    void thePageIsWhatTheTableSays() throws Exception {
        assertThat(Path.of("../docs/kafka-compatibility.md")).hasContent(CompatibilityPage.text());
    }
}
