package dev.tokapu.cli;

import dev.tokapu.source.ModelSource;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads where a model comes from: a path, or its name on a hub. */
final class SourceConverter implements ITypeConverter<ModelSource> {

    @Override
    public ModelSource convert(String text) {
        try {
            return ModelSource.of(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
