package io.polylog.kafka.handler;

import io.netty.util.NetUtil;
import io.polylog.security.QuotaEntity;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;

/** Whom quotas are for, as Kafka's requests name them: types with names, null for the default. */
final class QuotaEntities {

    private QuotaEntities() {}

    /**
     * @throws InvalidRequestException if there are no quotas for such
     */
    static QuotaEntity entity(Map<String, @Nullable String> parts) {
        Map<String, @Nullable String> rest = new HashMap<>(parts);
        Optional<String> user = part(rest, ClientQuotaEntity.USER);
        Optional<String> clientId = part(rest, ClientQuotaEntity.CLIENT_ID);
        Optional<String> address = part(rest, ClientQuotaEntity.IP).map(QuotaEntities::canonical);
        if (!rest.isEmpty()) {
            throw new InvalidRequestException(
                    "there are quotas for user, client-id and ip only, not for " + rest.keySet());
        }
        try {
            return new QuotaEntity(user, clientId, address);
        } catch (IllegalArgumentException refused) {
            throw new InvalidRequestException(refused.getMessage());
        }
    }

    /** Names of hosts are not looked up: that takes its time, and what they stand for changes. */
    private static String canonical(String address) {
        if (address.equals(QuotaEntity.DEFAULT)) {
            return address;
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null) {
            throw new InvalidRequestException(address + " is not a valid IP");
        }
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", impossible);
        }
    }

    private static Optional<String> part(Map<String, @Nullable String> parts, String type) {
        if (!parts.containsKey(type)) {
            return Optional.empty();
        }
        String name = parts.remove(type);
        if (name == null) {
            return Optional.of(QuotaEntity.DEFAULT);
        }
        if (name.isEmpty()) {
            throw new InvalidRequestException("Empty " + type + " not supported");
        }
        return Optional.of(name);
    }

    /** The parts of an entity. */
    static Map<String, @Nullable String> parts(QuotaEntity entity) {
        Map<String, @Nullable String> parts = new LinkedHashMap<>();
        entity.user().ifPresent(name -> parts.put(ClientQuotaEntity.USER, nameOrNull(name)));
        entity.clientId().ifPresent(name -> parts.put(ClientQuotaEntity.CLIENT_ID, nameOrNull(name)));
        entity.address().ifPresent(name -> parts.put(ClientQuotaEntity.IP, nameOrNull(name)));
        return parts;
    }

    private static @Nullable String nameOrNull(String name) {
        return name.equals(QuotaEntity.DEFAULT) ? null : name;
    }
}
