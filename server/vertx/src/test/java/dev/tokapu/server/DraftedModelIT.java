package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.EngineSnapshot;
import dev.tokapu.engine.Speculation;
import dev.tokapu.server.model.ModelPreset;
import dev.tokapu.server.model.PresetCheck;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.source.ModelSource;
import dev.tokapu.testsupport.ScriptedGguf;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model that is loaded on demand with what drafts for it. */
@Timeout(300)
class DraftedModelIT {

    private static final int TOKENS = 3;

    @TempDir
    Path folder;

    @Test
    void completion_ofADraftedModel_isThatWithoutDrafts() {
        ScriptedGguf script = new ScriptedGguf(List.of(), List.of()).say(3, 'x', 'y', 'z');
        Path file = TinyGguf.write(folder.resolve("scripted.gguf"), script.bytes());
        Speculation always = new Speculation.DraftModel(4, 0, false); // whatever it takes
        ModelsFixture.Reply reply =
                assertDrafted(ModelsFixture.preset("drafted", file).withDraft(ModelSource.file(file), always));
        assertThat(ModelsFixture.text(reply)).isEqualTo("xyz");
    }

    @Test
    void completion_draftedByMtpHeads_hasItsTokens() {
        Path file = TinyGguf.builder().mtpHead().build().write(folder.resolve("heads.gguf"));
        ModelsFixture.Reply reply =
                assertDrafted(ModelsFixture.preset("drafted", file).withMtpHeads(new Speculation.Mtp(4, 0, false)));
        assertThat(reply.json().at("/usage/completion_tokens").asInt()).isEqualTo(TOKENS);
    }

    private static ModelsFixture.Reply assertDrafted(ModelPreset drafted) {
        try (ModelsFixture fixture = new ModelsFixture(1, drafted)) {
            ModelsFixture.Reply reply = fixture.post("/v1/completions", ModelsFixture.completion("drafted", TOKENS));
            assertThat(reply.status()).as(reply.json().toString()).isEqualTo(200);
            ServedModel loaded = fixture.models.all().stream()
                    .filter(entry -> entry.name().equals("drafted"))
                    .map(entry -> Objects.requireNonNull(entry.loaded()))
                    .findFirst()
                    .orElseThrow();
            EngineSnapshot snapshot = loaded.engine().snapshot();
            assertThat(snapshot.modelDraftedTokens()).isPositive();
            return reply;
        }
    }

    @Test
    void completion_mtpHeadsOfAModelWithoutAny_saysSo_withItsName() {
        Path file = TinyGguf.writeTo(folder);
        ModelPreset wrong = ModelsFixture.preset("wrong", file).withMtpHeads(Speculation.mtp());
        assertThat(PresetCheck.problems(wrong)).singleElement().asString().contains(file.toString(), "no MTP heads");
        try (ModelsFixture fixture = new ModelsFixture(1, wrong)) {
            ModelsFixture.Reply reply = fixture.complete("wrong");
            assertThat(reply.status()).isGreaterThanOrEqualTo(500);
            assertThat(reply.json().toString()).contains("no MTP heads");
        }
    }

    @Test
    void completion_draftModelWithOtherTokens_saysWhatIsWrong() {
        Path file = TinyGguf.writeTo(folder);
        Path other = TinyGguf.write(folder.resolve("other.gguf"), new ScriptedGguf(List.of(), List.of()).bytes());
        ModelPreset wrong = ModelsFixture.preset("wrong", file).withDraft(ModelSource.file(other), Speculation.draft());
        try (ModelsFixture fixture = new ModelsFixture(1, wrong)) {
            ModelsFixture.Reply reply = fixture.complete("wrong");
            assertThat(reply.status()).isGreaterThanOrEqualTo(500);
            assertThat(reply.json().toString()).contains("cannot draft for");
        }
    }
}
