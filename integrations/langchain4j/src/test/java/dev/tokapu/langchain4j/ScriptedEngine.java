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
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An engine under two names for the tests of a class, and chat models whose answers are those of a playbook; with the profile natural those of the default
 * model: {@code @RegisterExtension static final ScriptedEngine SCRIPTED = new ScriptedEngine();}.
 */
final class ScriptedEngine implements BeforeAllCallback, AfterAllCallback {

    static final String NAME = "hollow";
    static final String OTHER_NAME = "other";

    private static final int LONGEST = 200; // of a natural answer

    private static final boolean NATURAL = Boolean.getBoolean("tokapu.test.natural");

    private final EngineOptions options;
    private Model model;
    private Engine engine;
    private TokapuModelCatalog catalog;

    ScriptedEngine() {
        this(EngineOptions.defaults());
    }

    ScriptedEngine(EngineOptions options) {
        this.options = options;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        model = NATURAL ? TestModels.smol() : HollowModel.load();
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

    @Override
    public void afterAll(ExtensionContext context) {
        engine.close();
        model.close();
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
        TokapuChatRequestParameters.Builder parameters = TokapuChatRequestParameters.builder();
        return NATURAL
                ? parameters.temperature(0.0).maxOutputTokens(LONGEST).build()
                : parameters.samplersFirst(List.of(playbook.sampler(model))).build();
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
}
