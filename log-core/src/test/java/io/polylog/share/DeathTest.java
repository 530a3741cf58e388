package io.polylog.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.share.Death.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeathTest {

    private static Death death(String queue, Reason reason, long timeMs) {
        return new Death(queue, reason, 1, timeMs, timeMs, "", "rk");
    }

    @Test
    void latestComesFirstAndTheSameKindIsCounted() {
        List<Death> deaths = Death.add(List.of(), death("a", Reason.EXPIRED, 1));
        deaths = Death.add(deaths, death("a", Reason.REJECTED, 2));
        deaths = Death.add(deaths, death("b", Reason.REJECTED, 3));
        deaths = Death.add(deaths, death("a", Reason.EXPIRED, 4));
        assertThat(deaths)
                .containsExactly(
                        new Death("a", Reason.EXPIRED, 2, 1, 4, "", "rk"),
                        death("b", Reason.REJECTED, 3),
                        death("a", Reason.REJECTED, 2));
    }

    @Test
    void headerGivesBackWhatWasWritten() {
        List<Death> deaths = List.of(
                new Death("orders::a b\n%\u00fc", Reason.DELIVERY_LIMIT, 3, 5, 6, "ex change", ""),
                death("x", Reason.MAXLEN, 9));
        Headers headers = Headers.of(Header.text(Death.HEADER, Death.header(deaths)));
        assertThat(Death.of(headers)).isEqualTo(deaths);
    }

    @Test
    void whatOthersWroteIsLeftOut() {
        String text = "rejected 1 2 3 q  k\nrejected one 2 3 q  k\nunheard-of 1 2 3 q  k\nrejected 1 2 3 %zz  k\n\n1 2";
        assertThat(Death.of(Headers.of(Header.text(Death.HEADER, text)))).hasSize(1);
        assertThat(Death.of(Headers.EMPTY)).isEmpty();
    }

    @Test
    void historyIsBounded() {
        List<Death> deaths = List.of();
        for (int i = 0; i < 100; i++) {
            deaths = Death.add(deaths, death("q" + i, Reason.REJECTED, i));
        }
        assertThat(deaths).hasSize(32);
        assertThat(deaths.get(0).queue()).isEqualTo("q99");
    }
}
