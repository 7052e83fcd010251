package dev.tokapu.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, and what the environment says. */
class HubNameTest {

    @ParameterizedTest
    @CsvSource({
        "hf://org/repo, hf://org/repo",
        "hf://org/repo-1.5_b:Q4_K_M, hf://org/repo-1.5_b:Q4_K_M",
        "hf://org/repo@main:Q8_0, hf://org/repo:Q8_0",
        "hf://org/repo@v1.0/sub/a b.gguf, hf://org/repo@v1.0/sub/a b.gguf",
        "ollama://tiny, ollama://tiny:latest",
        "ollama://user/tiny:1b-q4_0, ollama://user/tiny:1b-q4_0",
        "https://host.example/a/model.gguf?key=secret, https://host.example/a/model.gguf",
        "https://host.example:8443/m%20x.gguf, https://host.example:8443/m%20x.gguf"
    })
    void parse_name_isRead(String name, String shown) {
        assertThat(HubName.parse(name).toString().replace("m x", "m%20x")).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hf://repo",
                "hf://org/",
                "hf://org/repo:",
                "hf://org/../x",
                "hf://org/re--po",
                "hf://.org/repo",
                "hf://org/repo/../../x.gguf",
                "hf://org/repo//x.gguf",
                "hf://org/repo/model.bin",
                "hf://org/repo@a/b:Q4",
                "hf://org/repo@..:Q4",
                "hf://org/repo:Q4/x",
                "ollama://",
                "ollama://a/b/c",
                "ollama://tiny:..",
                "ollama://../tiny",
                "https://host.example",
                "https://host.example/",
                "https://host.example/..%2f..%2fx.gguf",
                "https://user:pass@host.example/m.gguf",
                "https://host.example/m.gguf#x",
                "https:///m.gguf",
                "https://host.example/.tokapu-address",
                "https://host.example/%2Ehidden.gguf",
                "https://host.example/%00.gguf"
            })
    void parse_other_isRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> HubName.parse(name));
    }

    private static HubOptions read(Map<String, String> properties, Map<String, String> variables) {
        return HubEnvironment.read(properties::get, variables::get);
    }

    @Test
    void environment_nothing_isTheDefaults(@TempDir Path home) {
        HubOptions options = read(Map.of("user.home", home.toString()), Map.of());
        assertThat(options.cache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
        assertThat(options.ollamaModels()).isEqualTo(home.resolve(".ollama/models"));
        assertThat(options.endpoint().getScheme()).isEqualTo("https");
        assertThat(options.token()).isNull();
        assertThat(options.offline()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "relative", ""})
    void environment_homeThatJavaDoesNotKnow_isThatOfTheVariable(String home) {
        assertThat(read(Map.of("user.home", home), Map.of("HOME", "/7")).cache())
                .isEqualTo(Path.of("/7/.cache/huggingface/hub"));
        assertThat(read(Map.of("user.home", home), Map.of("HOME", "relative")).cache())
                .isEqualTo(Path.of(".cache/huggingface/hub").toAbsolutePath());
    }

    @Test
    void environment_caches_areInLlamasOrder() {
        Map<String, String> all = new java.util.HashMap<>(Map.of(
                "LLAMA_CACHE", "/1",
                "HF_HUB_CACHE", "/2",
                "HUGGINGFACE_HUB_CACHE", "/3",
                "HF_HOME", "/4",
                "XDG_CACHE_HOME", "/5"));
        Map<String, String> home = Map.of("user.home", "/6");
        assertThat(read(Map.of("user.home", "/6", "tokapu.hub.cache", "/0"), all)
                        .cache())
                .isEqualTo(Path.of("/0"));
        for (String expected : List.of("/1", "/2", "/3", "/4/hub", "/5/huggingface/hub")) {
            assertThat(read(home, all).cache()).isEqualTo(Path.of(expected));
            all.keySet().removeIf(name -> all.get(name).equals(expected.substring(0, 2)));
        }
        assertThat(read(home, Map.of("HF_HOME", "~/hf")).cache()).isEqualTo(Path.of("/6/hf/hub"));
    }

    @Test
    void environment_token_isFoundAndNotShown(@TempDir Path home) throws Exception {
        Path file = Files.writeString(home.resolve("secret"), "hf_fromFile\n");
        Map<String, String> properties = Map.of("user.home", home.toString());
        assertThat(read(properties, Map.of("HF_TOKEN_PATH", file.toString())).token())
                .isEqualTo("hf_fromFile");
        Files.writeString(home.resolve("token"), "hf_login");
        assertThat(read(properties, Map.of("HF_HOME", home.toString())).token()).isEqualTo("hf_login");
        HubOptions options = read(properties, Map.of("HF_TOKEN", "hf_env", "HF_TOKEN_PATH", file.toString()));
        assertThat(options.token()).isEqualTo("hf_env");
        assertThat(options.toString()).doesNotContain("hf_env");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(properties, Map.of("HF_TOKEN", "a\nb: c")))
                .withMessageContaining("HF_TOKEN");
    }

    @Test
    void checksum_ofGit_isThatOfItsBlobs(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("x"), "hello\n");
        String id = "ce013625030ba8dba906f756967f9e9ca394464a";
        assertThat(new Checksum(id).of(file, done -> {})).isEqualTo(id);
        assertThat(new Checksum(id).isSha256()).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> new Checksum("abc"));
    }

    @Test
    void environment_others_areRead() {
        HubOptions options = read(
                Map.of("user.home", "/h", "tokapu.hub.max.size", "10"),
                Map.of("HF_ENDPOINT", "https://mirror.example/hf/", "HF_HUB_OFFLINE", "1", "OLLAMA_MODELS", "/o"));
        assertThat(options.endpoint()).isEqualTo(URI.create("https://mirror.example/hf"));
        assertThat(options.offline()).isTrue();
        assertThat(options.ollamaModels()).isEqualTo(Path.of("/o"));
        assertThat(options.maxSize()).isEqualTo(10);
        assertThat(read(Map.of("user.home", "/h", "tokapu.hub.offline", "false"), Map.of("HF_HUB_OFFLINE", "1"))
                        .offline())
                .isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(Map.of("user.home", "/h"), Map.of("HF_ENDPOINT", "mirror.example")))
                .withMessageContaining("mirror.example");
    }

    private static Object proxy(Map<String, String> variables, String uri) {
        List<Proxy> chosen = new Proxies(variables::get, ProxySelector.of(null)).select(URI.create(uri));
        return chosen.get(0).type() == Proxy.Type.DIRECT
                ? "none"
                : ((InetSocketAddress) chosen.get(0).address()).getHostString()
                        + ':'
                        + ((InetSocketAddress) chosen.get(0).address()).getPort();
    }

    @Test
    void proxies_ofVariables_areChosenAsByCurl() {
        Map<String, String> variables = Map.of(
                "https_proxy", "http://user:pass@proxy.example:3128",
                "http_proxy", "other.example",
                "no_proxy", "localhost,.inner.example, direct.example:443");
        assertThat(proxy(variables, "https://hub.example/x")).isEqualTo("proxy.example:3128");
        assertThat(proxy(variables, "http://hub.example/x")).isEqualTo("other.example:80");
        assertThat(proxy(variables, "https://a.inner.example/x")).isEqualTo("none");
        assertThat(proxy(variables, "https://direct.example/x")).isEqualTo("none");
        assertThat(proxy(variables, "https://indirect.example/x")).isEqualTo("proxy.example:3128");
        assertThat(proxy(variables, "http://127.0.0.1:8080/x")).isEqualTo("none");
        assertThat(proxy(Map.of("all_proxy", "p.example:1", "no_proxy", "*"), "https://hub.example/"))
                .isEqualTo("none");
        Proxies proxies = new Proxies(variables::get, ProxySelector.of(null));
        assertThat(proxies.authorization(URI.create("https://hub.example/"))).isEqualTo("Basic dXNlcjpwYXNz");
        assertThat(proxies.authorization(URI.create("http://hub.example/"))).isNull();
        assertThat(proxies.authorization(URI.create("https://direct.example/"))).isNull();
        assertThat(proxy(Map.of(), "https://hub.example/")).isEqualTo("none");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> proxy(Map.of("https_proxy", "socks5://p.example"), "https://hub.example/"))
                .withMessageContaining("https_proxy")
                .withMessageNotContaining("p.example\"");
    }

    @Test
    void addresses_loopback_isNotLookedUp() {
        assertThat(List.of("localhost", "127.0.0.1", "127.8.8.8", "[::1]")).allMatch(Addresses::isLoopback);
        assertThat(List.of("localhost.example", "10.0.0.1", "127.0.0.1.example", "[::2]"))
                .noneMatch(Addresses::isLoopback);
    }

    @Test
    void addresses_secrets_stayWithTheirOrigin() {
        URI hub = URI.create("https://hub.example");
        assertThat(Addresses.isSameOrigin(hub, URI.create("https://HUB.example:443/x")))
                .isTrue();
        assertThat(List.of("https://cdn.hub.example/", "http://hub.example/", "https://hub.example:444/"))
                .noneMatch(other -> Addresses.isSameOrigin(hub, URI.create(other)));
    }
}
