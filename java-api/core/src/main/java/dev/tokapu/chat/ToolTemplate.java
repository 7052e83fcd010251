package dev.tokapu.chat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** ChatML with tools, for models whose own ChatML has none. */
final class ToolTemplate {

    private static final String NAME = "chatml-tools.jinja";

    private ToolTemplate() {}

    static String source() {
        try (InputStream in = ToolTemplate.class.getResourceAsStream(NAME)) {
            if (in == null) {
                throw new IllegalStateException(NAME + " is missing in the jar of tokapu");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
