package dev.tokapu.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.testsupport.ScriptedHub;
import dev.tokapu.testsupport.ScriptedStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceTest extends HubFixture {

    private static final byte[] Q4 = model(250_000, 4);
    private static final byte[] Q8 = model(300_000, 8);

    private void repo() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("README.md", new byte[] {1});
        files.put("mmproj-Repo-Q4_K_M.gguf", model(10, 1));
        files.put("Repo-Q2_K.gguf", model(20, 2));
        files.put("Repo-Q4_K_M.gguf", Q4);
        files.put("Repo-Q8_0.gguf", Q8);
        files.put("sub/Repo-F16-00001-of-00002.gguf", model(30, 3));
        files.put("sub/Repo-F16-00002-of-00002.gguf", model(40, 5));
        server.repo(REPO, files);
    }

    private static void assertFails(Hub hub, String name, String... texts) {
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> hub.download(name, download -> true))
                .satisfies(e -> assertThat(e.getMessage()).contains(texts))
                .satisfies(e -> assertThat(e.source()).isEqualTo(name));
    }

    @Test
    void download_quantization_isInTheSharedLayout() throws IOException {
        repo();
        Path file = hub().download(NAME, download -> true);
        assertThat(content(file)).isEqualTo(Q4);
        Path repo = folder.resolve("hf/models--org--Repo-GGUF");
        Path blob = repo.resolve("blobs").resolve(ScriptedStorage.sha256(Q4));
        assertThat(file).isEqualTo(repo.resolve("snapshots/" + ScriptedHub.COMMIT + "/Repo-Q4_K_M.gguf"));
        assertThat(Files.readSymbolicLink(file))
                .isEqualTo(Path.of("../../blobs").resolve(blob.getFileName()));
        assertThat(repo.resolve("refs/main")).hasContent(ScriptedHub.COMMIT);
        assertThat(cached())
                .containsExactly(
                        "hf/models--org--Repo-GGUF/blobs/" + blob.getFileName(),
                        "hf/models--org--Repo-GGUF/refs/main",
                        "hf/models--org--Repo-GGUF/snapshots/" + ScriptedHub.COMMIT + "/Repo-Q4_K_M.gguf");
    }

    @ParameterizedTest
    @CsvSource({
        "hf://org/Repo-GGUF, Repo-Q4_K_M.gguf",
        "hf://org/Repo-GGUF:q8_0, Repo-Q8_0.gguf",
        "hf://org/Repo-GGUF@main:Q2_K, Repo-Q2_K.gguf",
        "hf://org/Repo-GGUF/sub/Repo-F16-00001-of-00002.gguf, sub/Repo-F16-00001-of-00002.gguf",
        "hf://org/Repo-GGUF@0123456789abcdef0123456789abcdef01234567:F16, sub/Repo-F16-00001-of-00002.gguf"
    })
    void download_names_meanWhatTheyMeanToLlama(String name, String file) {
        repo();
        Path path = hub().download(name, download -> true);
        assertThat(path).endsWithRaw(Path.of(file));
        assertThat(hub().find(name)).contains(path);
    }

    @Test
    void download_split_bringsAllParts() {
        repo();
        Path first = hub().download("hf://org/Repo-GGUF:F16", download -> true);
        assertThat(first.resolveSibling("Repo-F16-00002-of-00002.gguf")).hasBinaryContent(model(40, 5));
    }

    @Test
    void download_splitWithMissingPart_isRefused() {
        server.repo(REPO, Map.of("Repo-F16-00001-of-00002.gguf", model(30, 3)));
        assertFails(hub(), "hf://org/Repo-GGUF", "1 of the 2 parts of Repo-F16-00001-of-00002.gguf");
        assertThat(server.storage().requests()).isEmpty();
    }

    @Test
    void download_unknownQuantization_namesThoseThatExist() {
        repo();
        assertFails(hub(), "hf://org/Repo-GGUF:Q3_K_S", "no quantization Q3_K_S", "there are: F16, Q2_K, Q4_K_M, Q8_0");
        assertFails(hub(), "hf://org/Repo-GGUF/other.gguf", "no file other.gguf", "there are: F16");
    }

    @Test
    void download_noModelInRepository_saysSo() {
        server.repo(REPO, Map.of("model.safetensors", new byte[1]));
        assertFails(hub(), "hf://org/Repo-GGUF", "no model in the GGUF format", "no GGUF file");
    }

    @Test
    void download_notThere_saysWhatToCheck() {
        repo();
        assertFails(hub(), "hf://org/other", "answered 401", "does not exist, or is private", "HF_TOKEN");
        assertFails(hub(), "hf://org/Repo-GGUF@v9", "answered 404", "no such revision");
    }

    @Test
    void download_gated_saysHowToGetAccess() {
        repo();
        server.gated("right");
        assertFails(hub(), NAME, "answered 401", "gated", "HF_TOKEN");
        assertFails(Hub.open(options().token("wrong").build()), NAME, "answered 403", "no access");
        assertThat(content(Hub.open(options().token("right").build()).download(NAME, download -> true)))
                .isEqualTo(Q4);
    }

    @Test
    void download_redirected_tokenStaysWithTheHub() {
        repo();
        server.gated("right");
        Hub.open(options().token("right").build()).download(NAME, download -> true);
        assertThat(server.requests())
                .allSatisfy(
                        request -> assertThat(request.header("Authorization")).isEqualTo("Bearer right"));
        assertThat(server.storage().requests())
                .isNotEmpty()
                .allSatisfy(
                        request -> assertThat(request.header("Authorization")).isNull());
    }

    @Test
    void find_isLocal_asksNobody() {
        repo();
        assertThat(hub().find(NAME)).isEmpty();
        Path file = hub().download(NAME, download -> true);
        int before = server.requests().size();
        assertThat(hub().find(NAME)).contains(file);
        assertThat(hub().find("hf://org/Repo-GGUF")).contains(file);
        assertThat(hub().find("hf://org/Repo-GGUF:Q8_0")).isEmpty();
        assertThat(server.requests()).hasSize(before);
    }

    @Test
    void find_writtenByAnotherTool_isThere() throws IOException {
        Path repo = folder.resolve("hf/models--org--Repo-GGUF");
        Path snapshot = Files.createDirectories(repo.resolve("snapshots/" + ScriptedHub.COMMIT));
        Path blob = Files.createDirectories(repo.resolve("blobs")).resolve("abc");
        Files.write(blob, Q4);
        Files.writeString(Files.createDirectories(repo.resolve("refs")).resolve("main"), ScriptedHub.COMMIT + "\n");
        Files.createSymbolicLink(snapshot.resolve("Repo-Q4_K_M.gguf"), Path.of("../../blobs/abc"));
        Files.createSymbolicLink(snapshot.resolve("Repo-Q8_0.gguf"), Path.of("../../blobs/gone"));
        assertThat(hub().find(NAME)).contains(snapshot.resolve("Repo-Q4_K_M.gguf"));
        assertThat(hub().find("hf://org/Repo-GGUF:Q8_0")).isEmpty();
    }

    @Test
    void download_newCommitWithTheSameFile_onlyLinksIt() {
        repo();
        hub().download(NAME, download -> true);
        int before = server.storage().requests().size();
        server.commit("f".repeat(40));
        Path file = hub().download(NAME, download -> true);
        assertThat(file.toString()).contains("snapshots/" + "f".repeat(40));
        assertThat(content(file)).isEqualTo(Q4);
        assertThat(server.storage().requests()).hasSize(before);
        assertThat(hub().find(NAME)).contains(file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../../evil-Q4_K_M.gguf",
                "/etc/evil.gguf",
                "a/../evil.gguf",
                "a//b.gguf",
                "C:\\evil.gguf",
                "nul.gguf"
            })
    void download_hostileListing_isRefused(String path) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("Repo-Q4_K_M.gguf", Q4);
        files.put(path, model(10, 1));
        server.repo(REPO, files);
        assertFails(hub(), NAME, "no relative path", "nothing was downloaded");
        assertThat(cached()).isEmpty();
    }

    @Test
    void download_offline_usesWhatIsThere() {
        repo();
        Hub offline = Hub.open(options().offline(true).build());
        assertFails(offline, NAME, "not on this machine", "HF_HUB_OFFLINE");
        assertThat(server.requests()).isEmpty();
        Path file = hub().download(NAME, download -> true);
        assertThat(offline.download(NAME, download -> true)).isEqualTo(file);
    }

    @Test
    void list_models_haveNamesThatLoadThem() {
        repo();
        Hub hub = hub();
        hub.download(NAME, download -> true);
        hub.download("hf://org/Repo-GGUF:F16", download -> true);
        List<CachedModel> models = hub.list();
        assertThat(models).extracting(CachedModel::name).containsExactly(NAME, "hf://org/Repo-GGUF:F16");
        assertThat(models).extracting(CachedModel::bytes).containsExactly(250_000L, 70L);
        assertThat(models)
                .allSatisfy(model -> assertThat(hub.find(model.name())).contains(model.file()));
    }

    @Test
    void remove_model_keepsTheOthers() {
        repo();
        Hub hub = hub();
        hub.download(NAME, download -> true);
        hub.download("hf://org/Repo-GGUF:Q8_0", download -> true);
        assertThat(hub.remove("hf://org/Repo-GGUF:Q2_K")).isEqualTo(-1);
        assertThat(hub.remove(NAME)).isEqualTo(250_000);
        assertThat(hub.list()).extracting(CachedModel::name).containsExactly("hf://org/Repo-GGUF:Q8_0");
        assertThat(hub.remove("hf://org/Repo-GGUF")).isEqualTo(300_000);
        assertThat(cached()).isEmpty();
    }
}
