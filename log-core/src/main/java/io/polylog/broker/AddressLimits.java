package io.polylog.broker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * A limit for some addresses, as {@code 10.0.0.1:5,::1:7} says it. Names of hosts are not looked up: that takes its time, and what
 * they stand for changes.
 *
 * @param text as it was given
 * @param byAddress what it says
 */
public record AddressLimits(String text, Map<InetAddress, Integer> byAddress) {

    public static final AddressLimits NONE = new AddressLimits("", Map.of());

    private static final String BYTE = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";

    /** What Java takes for an address without asking anybody. */
    private static final Pattern LITERAL = Pattern.compile(BYTE + "(\\." + BYTE + "){3}|[\\da-fA-F.]*:[\\da-fA-F.:]*");

    public AddressLimits {
        byAddress = Map.copyOf(byAddress);
    }

    /**
     * @throws IllegalArgumentException if it is not such a list, or has a number below 0
     */
    public static AddressLimits parse(String text) {
        Map<InetAddress, Integer> limits = new HashMap<>();
        for (String item : text.isBlank() ? new String[0] : text.split(",", -1)) {
            int colon = item.lastIndexOf(':');
            if (colon < 0) {
                throw new IllegalArgumentException("no number: " + item);
            }
            int limit = Integer.parseInt(item.substring(colon + 1).trim());
            if (limit < 0) {
                throw new IllegalArgumentException("below 0: " + item);
            }
            limits.put(address(item.substring(0, colon).trim()), limit);
        }
        return new AddressLimits(text, limits);
    }

    private static InetAddress address(String literal) {
        if (!LITERAL.matcher(literal).matches()) {
            throw new IllegalArgumentException("no address: " + literal);
        }
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException malformed) {
            throw new IllegalArgumentException("no address: " + literal, malformed);
        }
    }

    public OptionalInt of(InetAddress address) {
        Integer limit = byAddress.get(address);
        return limit == null ? OptionalInt.empty() : OptionalInt.of(limit);
    }
}
