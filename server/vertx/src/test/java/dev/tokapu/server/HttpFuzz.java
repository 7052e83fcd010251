package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that schemathesis makes of OpenAI's document, in the profile {@code fuzz-http}: {@code -Dtokapu.openapi=FILE} names
 * the document, {@code -Dtokapu.fuzz.cases} how many requests an operation gets (20) and
 * {@code -Dtokapu.fuzz.seed} the seed, which is printed.
 */
@Timeout(1500)
class HttpFuzz {

    @TinyModel
    private static Model model;

    @TempDir
    private Path files;

    @Test
    void requestsOfOpenAisDocument_areAnsweredWithoutAFailure() throws Exception {
        String document = System.getProperty("tokapu.openapi", "");
        assertThat(document).as("-Dtokapu.openapi=FILE names OpenAI's document").isNotEmpty();
        String cases = System.getProperty("tokapu.fuzz.cases", "20");
        String seed = System.getProperty("tokapu.fuzz.seed", Integer.toString(new Random().nextInt(1 << 30)));
        try (TwoModels http = new TwoModels(model, model, 128, files)) {
            String said = PythonClient.SCHEMATHESIS.run("openai_fuzz.py", document, http.url("/v1"), cases, seed);
            System.out.println(said);
            assertThat(said).contains("seed " + seed);
        }
    }
}
