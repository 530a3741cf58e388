package io.polylog.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenFileLimitTest {

    @Test
    void leavesConnectionsTheirPart() {
        assertThat(OpenFileLimit.logFiles(20_000)).isEqualTo(15_000);
        assertThat(OpenFileLimit.logFiles(4_096)).isEqualTo(2_048);
    }

    @Test
    void hasFilesUnderALowLimitToo() {
        assertThat(OpenFileLimit.logFiles(1_024)).isEqualTo(256);
        assertThat(OpenFileLimit.logFiles(4)).isEqualTo(4);
    }

    @Test
    void doesNotTakeAllOfAHighOne() {
        assertThat(OpenFileLimit.logFiles(1_048_576)).isEqualTo(65_536);
        assertThat(OpenFileLimit.logFiles(Long.MAX_VALUE)).isEqualTo(65_536);
    }
}
