package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.tokapu.HollowModel;
import dev.tokapu.Model;
import dev.tokapu.Playbook;
import dev.tokapu.TestModels;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An engine under two names, and chat models whose answers are those of a playbook. */
final class ScriptedEngine implements AutoCloseable {

    static final String NAME = "hollow";
    static final String OTHER_NAME = "other";

    private final Model model = HollowModel.load();
    private final Engine engine;
    private final TokapuModelCatalog catalog;

    ScriptedEngine() {
        this(EngineOptions.builder().build());
    }

    ScriptedEngine(EngineOptions options) {
        engine = Engine.start(
                model,
                options.toBuilder()
                        .context(TestModels.small().build())
                        .maxSequences(2)
                        .sequenceContextSize(2048)
                        .samplingThreads(1)
                        .build());
        Map<String, Engine> engines = new LinkedHashMap<>();
        engines.put(NAME, engine);
        engines.put(OTHER_NAME, engine);
        catalog = TokapuModelCatalog.of(engines);
    }

    Model model() {
        return model;
    }

    Engine engine() {
        return engine;
    }

    TokapuModelCatalog catalog() {
        return catalog;
    }

    /** Parameters with which a model says what the playbook has. */
    TokapuChatRequestParameters script(Playbook playbook) {
        return TokapuChatRequestParameters.builder()
                .samplersFirst(List.of(playbook.sampler(model)))
                .build();
    }

    TokapuChatModel.Builder chat(Playbook playbook) {
        return TokapuChatModel.builder().catalog(catalog).defaultRequestParameters(script(playbook));
    }

    TokapuChatModel chat(Playbook playbook, ChatRequestParameters parameters) {
        return chat(playbook)
                .defaultRequestParameters(script(playbook).overrideWith(parameters))
                .build();
    }

    TokapuStreamingChatModel.Builder streaming(Playbook playbook) {
        return TokapuStreamingChatModel.builder().catalog(catalog).defaultRequestParameters(script(playbook));
    }

    TokapuStreamingChatModel streaming(Playbook playbook, ChatRequestParameters parameters) {
        return streaming(playbook)
                .defaultRequestParameters(script(playbook).overrideWith(parameters))
                .build();
    }

    @Override
    public void close() {
        engine.close();
        model.close();
    }
}
