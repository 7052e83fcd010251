package dev.tokapu.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The proxy for an address: that of Java's system properties, else that of {@code https_proxy} and {@code no_proxy}; none for this machine. */
final class Proxies extends ProxySelector {

    private static final Logger LOG = LoggerFactory.getLogger(Proxies.class);
    private static final List<Proxy> NONE = List.of(Proxy.NO_PROXY);

    private final HubEnvironment.Lookup variables;
    private final ProxySelector properties;

    Proxies(HubEnvironment.Lookup variables, ProxySelector properties) {
        this.variables = variables;
        this.properties = properties;
    }

    static Proxies ofEnvironment() {
        ProxySelector none = ProxySelector.of(null);
        ProxySelector found = ProxySelector.getDefault();
        return new Proxies(System::getenv, found == null ? none : found);
    }

    @Override
    public List<Proxy> select(URI uri) {
        if (Addresses.isLoopback(uri.getHost())) {
            return NONE;
        }
        List<Proxy> chosen = properties.select(uri);
        if (chosen.stream().anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT)) {
            return chosen;
        }
        URI proxy = isExcepted(uri.getHost()) ? null : proxy("https".equalsIgnoreCase(uri.getScheme()));
        return proxy == null ? NONE : List.of(new Proxy(Proxy.Type.HTTP, address(proxy)));
    }

    private static InetSocketAddress address(URI proxy) {
        int port = proxy.getPort() >= 0 ? proxy.getPort() : "https".equals(proxy.getScheme()) ? 443 : 80;
        return new InetSocketAddress(proxy.getHost(), port);
    }

    private @Nullable URI proxy(boolean secure) {
        for (String name : HubEnvironment.proxyVariables(secure)) {
            String value = variables.get(name);
            if (value != null && !value.isBlank()) {
                return parse(name, value.strip());
            }
        }
        return null;
    }

    private static @Nullable URI parse(String name, String value) {
        try {
            URI uri = URI.create(value.contains("://") ? value : "http://" + value);
            if (uri.getHost() != null && String.valueOf(uri.getScheme()).startsWith("http")) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("{} is no address", name, e);
        }
        throw new IllegalArgumentException(
                "the variable " + name + " names no HTTP proxy; set it to one such as http://proxy.example:3128");
    }

    /** By the end of the host's name, as curl does it. */
    private boolean isExcepted(String host) {
        String excepted = variables.get("no_proxy");
        excepted = excepted == null ? variables.get("NO_PROXY") : excepted;
        String name = host.toLowerCase(Locale.ROOT);
        for (String one : excepted == null ? new String[0] : excepted.split("[,\\s]+")) {
            String end =
                    one.toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "").replaceFirst(":\\d+$", "");
            if (one.equals("*") || (!end.isEmpty() && (name.equals(end) || name.endsWith('.' + end)))) {
                return true;
            }
        }
        return false;
    }

    /**
     * What the proxy for an address is sent: the name and password in its variable; null for none. An Authenticator would have the client
     * take each 401 of a hub for a question about a password.
     */
    @Nullable
    String authorization(URI uri) {
        boolean ofVariable = select(uri).stream().anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT)
                && properties.select(uri).stream().allMatch(proxy -> proxy.type() == Proxy.Type.DIRECT);
        URI proxy = ofVariable ? proxy("https".equalsIgnoreCase(uri.getScheme())) : null;
        String user = proxy == null ? null : proxy.getUserInfo();
        return user == null
                ? null
                : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        LOG.debug("The proxy {} for {} cannot be reached", address, Addresses.shown(uri), failure);
    }
}
