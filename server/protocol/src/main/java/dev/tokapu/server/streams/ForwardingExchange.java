package dev.tokapu.server.streams;

import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.http.Form;
import org.jspecify.annotations.Nullable;

/** The request of another exchange. */
abstract class ForwardingExchange implements Exchange {

    private final Exchange exchange;

    ForwardingExchange(Exchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public String method() {
        return exchange.method();
    }

    @Override
    public String path() {
        return exchange.path();
    }

    @Override
    public @Nullable String query(String name) {
        return exchange.query(name);
    }

    @Override
    public @Nullable String header(String name) {
        return exchange.header(name);
    }

    @Override
    public byte[] body() {
        return exchange.body();
    }

    @Override
    public @Nullable Form form() {
        return exchange.form();
    }

    @Override
    public String remoteAddress() {
        return exchange.remoteAddress();
    }
}
