package io.polylog.server.cli;

import io.polylog.server.endpoint.Endpoint;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code HOST:PORT}; an IPv6 address is in brackets. */
final class EndpointConverter implements ITypeConverter<Endpoint> {

    private static final Pattern ENDPOINT = Pattern.compile("(\\[[^]]+]|[^:\\[\\]]+):(\\d{1,5})");

    private static final int HIGHEST_PORT = 65_535;

    @Override
    public Endpoint convert(String text) {
        Matcher endpoint = ENDPOINT.matcher(text);
        if (endpoint.matches()) {
            int port = Integer.parseInt(endpoint.group(2));
            if (port > 0 && port <= HIGHEST_PORT) {
                return new Endpoint(endpoint.group(1), port);
            }
        }
        throw new TypeConversionException("'" + text + "' is not HOST:PORT");
    }
}
