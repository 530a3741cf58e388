package io.polylog.security;

import java.util.Optional;

/**
 * Whom a limit is for: a user, a client id, a client id of a user, or an address. A limit for {@link #DEFAULT} holds for each who has
 * none of its own.
 *
 * @param user empty: whoever it is
 * @param clientId empty: all clients of the user together
 * @param address an IP address as {@link java.net.InetAddress#getHostAddress} writes it; users and clients have none
 */
public record QuotaEntity(Optional<String> user, Optional<String> clientId, Optional<String> address) {

    /** In the place of a name: each one that has no limit of its own. Names are never empty. */
    public static final String DEFAULT = "";

    private static final String KIND = "quota";
    private static final String ABSENT = "-";
    private static final String NAMED = "=";

    public QuotaEntity {
        boolean client = user.isPresent() || clientId.isPresent();
        if (client == address.isPresent()) {
            throw new IllegalArgumentException("a quota is for a user, a client-id or both, or for an ip alone");
        }
        address.filter(name -> !name.equals(DEFAULT)).ifPresent(name -> Names.check("ip", name));
        user.filter(name -> !name.equals(DEFAULT)).ifPresent(name -> Names.check("user name", name));
        clientId.filter(name -> !name.equals(DEFAULT)).ifPresent(name -> Names.check("client-id", name));
    }

    /** Users and their clients. */
    public QuotaEntity(Optional<String> user, Optional<String> clientId) {
        this(user, clientId, Optional.empty());
    }

    /** An address, or {@link #DEFAULT} for each. */
    public static QuotaEntity ofAddress(String address) {
        return new QuotaEntity(Optional.empty(), Optional.empty(), Optional.of(address));
    }

    /** The key of the row that keeps a limit. */
    public String rowKey(QuotaKind kind) {
        return address.isPresent()
                ? Names.row(KIND, ABSENT, ABSENT, kind, encode(address))
                : Names.row(KIND, encode(user), encode(clientId), kind);
    }

    private static String encode(Optional<String> name) {
        return name.map(present -> NAMED + present).orElse(ABSENT);
    }

    private static Optional<String> decode(String field) {
        return field.equals(ABSENT) ? Optional.empty() : Optional.of(field.substring(NAMED.length()));
    }

    public static boolean isRow(String rowKey) {
        return rowKey.startsWith(KIND + " ");
    }

    /** Whom the limit that a row keeps is for. */
    public static QuotaEntity ofRow(String rowKey) {
        String[] fields = Names.fields(rowKey);
        return new QuotaEntity(
                decode(fields[1]), decode(fields[2]), fields.length > 4 ? decode(fields[4]) : Optional.empty());
    }

    public static QuotaKind kindOfRow(String rowKey) {
        return QuotaKind.valueOf(Names.fields(rowKey)[3]);
    }
}
