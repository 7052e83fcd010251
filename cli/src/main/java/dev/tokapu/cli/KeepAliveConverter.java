package dev.tokapu.cli;

import dev.tokapu.server.pool.KeepAlive;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how long a model stays after its last request. */
final class KeepAliveConverter implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String text) {
        try {
            return KeepAlive.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
