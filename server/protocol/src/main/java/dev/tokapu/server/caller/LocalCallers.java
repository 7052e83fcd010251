package dev.tokapu.server.caller;

import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Everybody who names this machine. A page in a browser cannot: it would have to name the host that it came from, which may have been given
 * the address of this machine for that.
 *
 * <p>Thread safety: immutable.
 */
final class LocalCallers implements Callers {

    private static final Pattern LOCAL = Pattern.compile("(?i)(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

    @Override
    public Caller of(Exchange exchange) {
        String host = exchange.header("host");
        if (host != null && !LOCAL.matcher(host).matches()) {
            throw new ProblemException(
                    Problem.of(Kind.FORBIDDEN, "a server without keys answers to localhost alone, not as another host")
                            .withCode("host_not_allowed"));
        }
        return Caller.ANYONE;
    }

    @Override
    public @Nullable Caller named(String name, String tenant) {
        return Caller.ANYONE.isNamed(name, tenant) ? Caller.ANYONE : null;
    }
}
