package dev.tokapu.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Models of web servers. */
class WebTest extends HubFixture {

    private static final byte[] WEIGHTS = model(250_000, 1);

    private String put(String file) {
        server.storage().put(file, WEIGHTS);
        return server.storage().uri() + "/blobs/" + file;
    }

    @Test
    void web_split_bringsAllParts() {
        byte[] second = model(100, 2);
        server.storage().put("m-00001-of-00002.gguf", WEIGHTS);
        server.storage().put("m-00002-of-00002.gguf", second);
        String name = server.storage().uri() + "/blobs/m-00001-of-00002.gguf";
        Path file = hub().download(name + "?key=secret", download -> true);
        assertThat(file.resolveSibling("m-00002-of-00002.gguf")).hasBinaryContent(second);
        assertThat(hub().find(name + "?key=secret")).contains(file);
        assertThat(hub().list()).containsExactly(new CachedModel(name, file, 250_100));
        assertThat(hub().remove(name)).isEqualTo(250_100);
        assertThat(cached()).isEmpty();
    }

    @Test
    void download_fileNamedAddress_isNotOverwritten() {
        String name = put("address");
        Path file = hub().download(name, download -> true);
        assertThat(file).hasBinaryContent(WEIGHTS);
        assertThat(hub().list()).containsExactly(new CachedModel(name, file, WEIGHTS.length));
    }

    @Test
    void list_damagedAddress_isSkipped() throws IOException {
        String name = put("whole.gguf");
        hub().download(name, download -> true);
        byte[][] damaged = {
            {},
            {(byte) 0xff, (byte) 0xfe},
            "no address".getBytes(StandardCharsets.UTF_8),
            "hf://a/b".getBytes(StandardCharsets.UTF_8)
        };
        for (byte[] content : damaged) {
            String other = put("other.gguf");
            Path file = hub().download(other, download -> true);
            Files.write(file.resolveSibling(WebRepository.SOURCE), content);
            assertThat(hub().list()).extracting(CachedModel::name).containsExactly(name);
            assertThat(hub().find(other)).as("by its address").contains(file);
        }
    }

    @Test
    void find_listedNameOfAnAddressWithQuery_isThatModel() {
        String name = put("m.gguf");
        Path file = hub().download(name + "?key=secret", download -> true);
        assertThat(hub().list()).extracting(CachedModel::name).containsExactly(name);
        assertThat(hub().find(name)).contains(file);
        assertThat(hub().find(name + "?key=other")).isEmpty();
    }

    @Test
    void find_listedNameOfSeveralQueries_isNone() {
        String name = put("m.gguf");
        Path one = hub().download(name + "?version=1", download -> true);
        Path two = hub().download(name + "?version=2", download -> true);
        assertThat(one).isNotEqualTo(two);
        assertThat(hub().find(name)).isEmpty();
    }

    @Test
    void remove_addressWithQuery_leavesOtherQueries() {
        String name = put("m.gguf");
        hub().download(name + "?version=1", download -> true);
        Path two = hub().download(name + "?version=2", download -> true);
        assertThat(hub().remove(name + "?version=1")).isEqualTo(WEIGHTS.length);
        assertThat(hub().find(name + "?version=2")).contains(two);
        assertThat(hub().remove(name)).isEqualTo(WEIGHTS.length);
        assertThat(cached()).isEmpty();
    }
}
