package dev.tokapu.server.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.http.HttpHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageHandlerTest {

    private static final String HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    private final List<Exchange> passedOn = new ArrayList<>();
    private final PageHandler page = new PageHandler(new HttpHandler() {
        @Override
        public void handle(Exchange exchange) {
            passedOn.add(exchange);
        }

        @Override
        public void check(Exchange head) {
            throw new IllegalStateException("no key");
        }

        @Override
        public void refuse(Exchange head, RuntimeException problem) {
            passedOn.add(head);
        }
    });

    private FakeExchange send(FakeExchange exchange) {
        page.handle(exchange);
        return exchange;
    }

    private FakeExchange get(String path) {
        return send(new FakeExchange("GET", path, ""));
    }

    private FakeExchange index() {
        return send(new FakeExchange("GET", "/", "").with("accept", HTML));
    }

    private static List<String> assets(String html) {
        return Pattern.compile("assets/[\\w.-]+")
                .matcher(html)
                .results()
                .map(MatchResult::group)
                .toList();
    }

    @Test
    void root_isThePage_forBrowsers() {
        FakeExchange index = index();
        assertThat(index.status).isEqualTo(200);
        assertThat(index.responseHeaders)
                .containsEntry("content-type", "text/html; charset=utf-8")
                .containsEntry("cache-control", "no-cache")
                .containsEntry("vary", "accept, accept-encoding")
                .containsEntry("x-content-type-options", "nosniff")
                .containsEntry("referrer-policy", "no-referrer");
        assertThat(index.responseHeaders.get("content-security-policy"))
                .contains(
                        "default-src 'none'",
                        "script-src 'self'",
                        "frame-ancestors 'none'",
                        "require-trusted-types-for 'script'")
                .doesNotContain("unsafe");
        assertThat(index.sent()).contains("<title>Tokapu</title>").doesNotContain("<style", "http:", "https:");
    }

    @Test
    void page_hasNoScriptsOrStylesButFiles() {
        assertThat(index().sent())
                .doesNotContain("<style", "style=", "onload")
                .containsOnlyOnce("<script type=\"module\" src=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*/*", "application/json", "text/html;q=0", "text/htmlx"})
    void root_isTheNextOnes_forOthers(String accept) {
        FakeExchange exchange = new FakeExchange("GET", "/", "");
        send(accept.isEmpty() ? exchange : exchange.with("accept", accept));
        assertThat(passedOn).containsExactly(exchange);
        assertThat(exchange.status).isZero();
    }

    @Test
    void assets_thatThePageNames_areThere_forGood() {
        List<String> names = assets(index().sent());
        assertThat(names).hasSizeGreaterThanOrEqualTo(3);
        for (String name : names) {
            FakeExchange asset = get("/" + name);
            assertThat(asset.status).as(name).isEqualTo(200);
            assertThat(asset.responseHeaders)
                    .containsEntry("cache-control", "public, max-age=31536000, immutable")
                    .containsKey("content-type");
            assertThat(asset.sent()).isNotEmpty();
        }
        assertThat(passedOn).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"gzip, deflate, br | br", "gzip | gzip", "GZIP;q=0.5 | gzip", "br;q=0, gzip | gzip", "identity | "
            })
    void assets_areCompressed_asTheClientTakesIt(String accepted, String encoding) {
        String script = assets(index().sent()).stream()
                .filter(name -> name.endsWith(".js"))
                .findFirst()
                .orElseThrow();
        FakeExchange asset = send(new FakeExchange("GET", '/' + script, "").with("accept-encoding", accepted));
        assertThat(asset.responseHeaders.get("content-encoding")).isEqualTo(encoding);
        assertThat(asset.responseHeaders).containsEntry("vary", "accept-encoding");
    }

    @Test
    void pageThatIsKnown_isNotSentAgain() {
        String tag = index().responseHeaders.get("etag");
        FakeExchange same =
                send(new FakeExchange("GET", "/", "").with("accept", HTML).with("if-none-match", "W/\"x\", " + tag));
        assertThat(same.status).isEqualTo(304);
        assertThat(same.sent()).isEmpty();
        assertThat(same.responseHeaders).containsEntry("etag", tag).doesNotContainKey("content-type");
        FakeExchange other =
                send(new FakeExchange("GET", "/", "").with("accept", HTML).with("if-none-match", "\"other\""));
        assertThat(other.status).isEqualTo(200);
    }

    @Test
    void eachEncoding_hasATagOfItsOwn() {
        FakeExchange plain = index();
        FakeExchange compressed =
                send(new FakeExchange("GET", "/", "").with("accept", HTML).with("accept-encoding", "gzip"));
        assertThat(compressed.responseHeaders).containsEntry("content-encoding", "gzip");
        assertThat(compressed.responseHeaders.get("etag")).isNotEqualTo(plain.responseHeaders.get("etag"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/assets/",
                "/assets/nothing.js",
                "/assets/../index.html",
                "/assets/../../module-info.class",
                "/assets//etc/passwd",
                "/assets.txt",
                "/index.html",
                "/META-INF/tokapu-page/index.html",
                "/v1/models"
            })
    void otherPaths_areTheNextOnes(String path) {
        assertThat(get(path).status).isZero();
        assertThat(passedOn).hasSize(1);
    }

    @Test
    void otherMethods_areTheNextOnes() {
        send(new FakeExchange("POST", "/", "").with("accept", HTML));
        send(new FakeExchange("DELETE", '/' + assets(index().sent()).get(0), ""));
        assertThat(passedOn).hasSize(2);
        assertThat(send(new FakeExchange("HEAD", "/", "").with("accept", HTML)).status)
                .isEqualTo(200);
    }

    @Test
    void types_areThoseOfTheFiles() {
        Map<String, String> types = Map.of(
                ".js", "text/javascript; charset=utf-8", ".css", "text/css; charset=utf-8", ".svg", "image/svg+xml");
        for (String name : assets(index().sent())) {
            assertThat(get("/" + name).responseHeaders)
                    .containsEntry("content-type", types.get(name.substring(name.lastIndexOf('.'))));
        }
    }

    @Test
    void check_thePage_needsNoKey_andOthersAreAsked() {
        page.check(new FakeExchange("GET", "/", "").with("accept", HTML));
        assertThatThrownBy(() -> page.check(new FakeExchange("POST", "/v1/models", "")))
                .hasMessage("no key");
    }
}
