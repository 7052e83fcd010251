package dev.tokapu.cli;

import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.caller.Caller;
import dev.tokapu.server.caller.Callers;
import dev.tokapu.server.http.Exchange;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The keys of a file as it was when it was read last. */
final class ReloadedKeys implements Callers {

    private volatile ApiKeys keys;

    ReloadedKeys(ApiKeys keys) {
        this.keys = keys;
    }

    @Override
    public Caller of(Exchange exchange) {
        return keys.of(exchange);
    }

    @Override
    public @Nullable Caller named(String name, String tenant) {
        return keys.named(name, tenant);
    }

    /** Reads them again; when that fails, they stay as they are. */
    void reload(Path file) throws IOException {
        keys = keys.readAgain(file);
    }
}
