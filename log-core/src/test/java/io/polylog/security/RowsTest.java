package io.polylog.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept is what was meant, whatever is in the names; and what cannot be meant is refused. */
class RowsTest {

    @ParameterizedTest
    @ValueSource(strings = {"anna", "a b", "CN=anna,O=house + garden", "%2F ", "=", "-", "é\u0000\n", "quota x"})
    void namesComeBackAsTheyWere(String name) {
        Acl acl =
                new Acl(ResourceType.TOPIC, Acl.Pattern.PREFIXED, name, "User:" + name, Acl.ANY, Operation.READ, false);
        assertThat(Acl.ofRow(acl.row())).isEqualTo(acl);
        assertThat(Acl.isRow(acl.row())).isTrue();

        String scram = ScramCredential.rowKey(name, ScramMechanism.SHA_512);
        assertThat(ScramCredential.userOfRow(scram)).contains(name);
        assertThat(ScramCredential.userOfRow(acl.row())).isEmpty();

        for (QuotaEntity entity : new QuotaEntity[] {
            new QuotaEntity(Optional.of(name), Optional.empty()),
            new QuotaEntity(Optional.empty(), Optional.of(name)),
            new QuotaEntity(Optional.of(QuotaEntity.DEFAULT), Optional.of(name))
        }) {
            String key = entity.rowKey(QuotaKind.CONSUMER_BYTE_RATE);
            assertThat(QuotaEntity.ofRow(key)).isEqualTo(entity);
            assertThat(QuotaEntity.kindOfRow(key)).isEqualTo(QuotaKind.CONSUMER_BYTE_RATE);
        }
    }

    /** RFC 7677 §3. */
    @Test
    void credentialIsThatOfTheSpecification() {
        byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");

        ScramCredential credential = ScramCredential.of(ScramMechanism.SHA_256, "pencil", salt, 4096);

        assertThat(Base64.getEncoder().encodeToString(credential.storedKey()))
                .isEqualTo("WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=");
        assertThat(Base64.getEncoder().encodeToString(credential.serverKey()))
                .isEqualTo("wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
        assertThat(credential.accepts("pencil")).isTrue();
        assertThat(credential.accepts("Pencil")).isFalse();
        assertThat(credential.toString()).doesNotContain(HexFormat.of().formatHex(salt));
        ScramCredential back =
                ScramCredential.ofRow(ScramCredential.rowKey("anna", ScramMechanism.SHA_256), credential.rowValue());
        assertThat(back.accepts("pencil")).isTrue();
        assertThat(back.serverKey()).isEqualTo(credential.serverKey());
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1, 4095, 16_385, Integer.MAX_VALUE})
    void iterationsOutOfBoundsAreRefused(int iterations) {
        assertThatThrownBy(() -> ScramCredential.ofSalted(
                        ScramMechanism.SHA_256, new byte[32], "salt".getBytes(StandardCharsets.UTF_8), iterations))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4096 to 16384");
    }

    @Test
    void theMostSpecialLimitHolds() {
        Optional<String> any = Optional.of(QuotaEntity.DEFAULT);
        QuotaTable table = new QuotaTable(Map.of(
                new QuotaEntity(Optional.of("anna"), Optional.of("app")), limit(1),
                new QuotaEntity(Optional.of("anna"), Optional.empty()), limit(2),
                new QuotaEntity(any, any), limit(3),
                new QuotaEntity(Optional.empty(), Optional.of("tool")), limit(4)));

        assertThat(value(table, "anna", "app")).contains(1.0);
        assertThat(value(table, "anna", "tool")).contains(2.0);
        assertThat(value(table, "ben", "tool")).contains(3.0);
        assertThat(new QuotaTable(Map.of(new QuotaEntity(Optional.empty(), Optional.of("tool")), limit(4)))
                        .limit(QuotaKind.PRODUCER_BYTE_RATE, "ben", "tool")
                        .map(Quotas.Limit::value))
                .contains(4.0);
        assertThat(table.limit(QuotaKind.CONSUMER_BYTE_RATE, "anna", "app")).isEmpty();
    }

    @Test
    void whoSharesALimitFollowsFromWhomItIsFor() {
        QuotaTable table = new QuotaTable(Map.of(
                new QuotaEntity(Optional.of("anna"), Optional.empty()), limit(2),
                new QuotaEntity(Optional.empty(), Optional.of(QuotaEntity.DEFAULT)), limit(3)));

        assertThat(sharedBy(table, "anna", "one")).isEqualTo(sharedBy(table, "anna", "two"));
        assertThat(sharedBy(table, "ben", "one")).isNotEqualTo(sharedBy(table, "ben", "two"));
        assertThat(sharedBy(table, "ben", "one")).isEqualTo(sharedBy(table, "carl", "one"));
    }

    private static Map<QuotaKind, Double> limit(double value) {
        return Map.of(QuotaKind.PRODUCER_BYTE_RATE, value);
    }

    private static Optional<Double> value(QuotaTable table, String user, String clientId) {
        return table.limit(QuotaKind.PRODUCER_BYTE_RATE, user, clientId).map(Quotas.Limit::value);
    }

    private static String sharedBy(QuotaTable table, String user, String clientId) {
        return table.limit(QuotaKind.PRODUCER_BYTE_RATE, user, clientId)
                .orElseThrow()
                .sharedBy();
    }
}
