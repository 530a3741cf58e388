package io.polylog.server.cli;

import io.polylog.server.client.Position;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code earliest}, {@code latest}, an offset or a time. */
final class PositionConverter implements ITypeConverter<Position> {

    @Override
    public Position convert(String text) {
        try {
            return Position.parse(text);
        } catch (IllegalArgumentException none) {
            throw new TypeConversionException(String.valueOf(none.getMessage()));
        }
    }
}
