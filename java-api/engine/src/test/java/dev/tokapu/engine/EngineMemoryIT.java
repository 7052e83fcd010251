package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.testsupport.TinyMemoryGguf;
import dev.tokapu.text.FinishReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models whose memory is not a plain KV cache. */
@Timeout(300)
class EngineMemoryIT {

    @TempDir
    static Path folder;

    @ParameterizedTest
    @EnumSource(TinyMemoryGguf.class)
    void submit_forksAndCancels_answerAsAlone(TinyMemoryGguf kind) throws IOException {
        try (Model model = EngineFixture.load(kind, folder)) {
            for (EngineFixture.Layout layout :
                    EngineFixture.layouts(model, EngineFixture.options().maxPrefillTokens(24))) {
                try (Engine engine = layout.start(model)) {
                    Random random = new Random(1);
                    List<Generation> all = new ArrayList<>();
                    for (int i = 0; i < 16; i++) {
                        int[] prompt = EngineFixture.prompt(random, 1 + random.nextInt(70));
                        Generation first = engine.submit(EngineFixture.greedy(prompt)
                                .answers(1 + i % 3)
                                .maxTokens(25)
                                .build());
                        all.addAll(first.answers());
                        if (i % 4 == 1) {
                            first.answers().get(i % first.answers().size()).cancel();
                        }
                    }
                    int whole = 0;
                    for (Generation answer : all) {
                        answer.text();
                        Prompt.Tokens prompt = (Prompt.Tokens) answer.request().prompt();
                        EngineIT.assertGreedy(model, prompt.ids(), answer.tokens());
                        whole += answer.finishReason() == FinishReason.MAX_TOKENS ? 1 : 0;
                    }
                    assertThat(whole).isGreaterThanOrEqualTo(all.size() - 4);
                    EngineFixture.awaitIdle(engine);
                }
            }
        }
    }
}
