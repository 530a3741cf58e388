package io.polylog.camel.lint;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.EndpointUriFactory;

/** The components on the class path, and the options of each. */
final class Components {

    private static final String LISTS = "META-INF/services/org/apache/camel/component.properties";

    private final CamelContext camel;

    Components(CamelContext camel) {
        this.camel = camel;
    }

    boolean has(String scheme) {
        return camel.getComponent(scheme, true, false) != null;
    }

    /** Every scheme that an endpoint may have. */
    Set<String> schemes() {
        Set<String> schemes = new TreeSet<>(camel.getComponentNames());
        try {
            ClassLoader loader = Components.class.getClassLoader();
            for (URL list : Collections.list(loader.getResources(LISTS))) {
                Properties properties = new Properties();
                try (InputStream in = list.openStream()) {
                    properties.load(in);
                }
                schemes.addAll(Set.of(properties.getProperty("components", "").split(" ")));
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        schemes.remove("");
        return schemes;
    }

    /** The options of a component; none if it does not say, so that anything may be one. */
    Set<String> options(String scheme) {
        EndpointUriFactory factory = camel.getCamelContextExtension().getEndpointUriFactory(scheme);
        return factory == null || factory.isLenientProperties() ? Set.of() : factory.propertyNames();
    }

    /** Whether that is one of the options that share a beginning, such as {@code scheduler.}. */
    boolean isPrefixed(String scheme, String option) {
        EndpointUriFactory factory = camel.getCamelContextExtension().getEndpointUriFactory(scheme);
        return factory != null && factory.multiValuePrefixes().values().stream().anyMatch(option::startsWith);
    }
}
