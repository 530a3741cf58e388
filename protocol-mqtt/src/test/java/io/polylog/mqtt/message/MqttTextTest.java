package io.polylog.mqtt.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MqttTextTest {

    private static final int MAX_BYTES = 65_535;

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "\u00e9", "\u20ac", "\ud83d\ude00", "a\u0001\uffff"})
    void takesTextOfAnyScript(String text) {
        assertThat(MqttText.isMqttText(text)).isTrue();
    }

    @Test
    void refusesNulAndLoneSurrogates() {
        assertThat(MqttText.isMqttText("a\0b")).isFalse();
        assertThat(MqttText.isMqttText("a\ud83d")).isFalse();
        assertThat(MqttText.isMqttText("\ude00a")).isFalse();
        assertThat(MqttText.isMqttText("\ude00\ud83d")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "\u00e9", "\u20ac", "\ud83d\ude00"})
    void boundsTheBytesRatherThanTheCharacters(String character) {
        int most = MAX_BYTES / character.getBytes(UTF_8).length;

        assertThat(MqttText.isMqttText(character.repeat(most))).isTrue();
        assertThat(MqttText.isMqttText(character.repeat(most + 1))).isFalse();
    }

    @Test
    void agreesWithTheEncoder() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(8); length > 0; length--) {
                text.append(
                        (char) (random.nextBoolean() ? 1 + random.nextInt(0x2000) : 0xd700 + random.nextInt(0xa00)));
            }

            assertThat(MqttText.isMqttText(text.toString()))
                    .as(text.toString())
                    .isEqualTo(UTF_8.newEncoder().canEncode(text));
        }
    }
}
