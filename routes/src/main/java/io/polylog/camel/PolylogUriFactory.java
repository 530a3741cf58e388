package io.polylog.camel;

import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.support.component.EndpointUriFactorySupport;

/** The options of {@code polylog:} endpoints by name: Camel finds it by a file in {@code META-INF/services}. */
public final class PolylogUriFactory extends EndpointUriFactorySupport implements EndpointUriFactory {

    private static final String SYNTAX = ":topic";

    private static final Set<String> NAMES = Set.of(
            "topic",
            "group",
            "startAt",
            "maxInFlight",
            "redeliveryDelayMs",
            "delay",
            "key",
            "partition",
            "lazyStartProducer",
            "bridgeErrorHandler",
            "exceptionHandler",
            "exchangePattern",
            "autowiredEnabled");

    @Override
    public boolean isEnabled(String scheme) {
        return "polylog".equals(scheme);
    }

    @Override
    public String buildUri(String scheme, Map<String, Object> properties, boolean encode) throws URISyntaxException {
        Map<String, Object> rest = new HashMap<>(properties);
        String uri = buildPathParameter(scheme + SYNTAX, scheme + SYNTAX, "topic", null, true, rest);
        return buildQueryParameters(uri, rest, encode);
    }

    @Override
    public Set<String> propertyNames() {
        return NAMES;
    }

    @Override
    public Set<String> secretPropertyNames() {
        return Set.of();
    }

    @Override
    public Map<String, String> multiValuePrefixes() {
        return Map.of();
    }

    @Override
    public boolean isLenientProperties() {
        return false;
    }
}
