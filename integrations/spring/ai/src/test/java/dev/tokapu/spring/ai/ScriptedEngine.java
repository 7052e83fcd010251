package dev.tokapu.spring.ai;

import dev.tokapu.HollowModel;
import dev.tokapu.Model;
import dev.tokapu.Playbook;
import dev.tokapu.TestModels;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.EngineSnapshot;
import dev.tokapu.sampling.Sampler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An engine for the tests of a class, and chat models whose answers are those of a playbook: {@code @RegisterExtension static final ScriptedEngine
 * SCRIPTED = new ScriptedEngine();}.
 */
final class ScriptedEngine implements BeforeAllCallback, AfterAllCallback {

    static final String NAME = "Hollow";

    private final EngineOptions options;
    private Model model;
    private Engine engine;

    ScriptedEngine() {
        this(EngineOptions.defaults());
    }

    ScriptedEngine(EngineOptions options) {
        this.options = options;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        model = HollowModel.load();
        engine = Engine.start(
                model,
                options.toBuilder()
                        .context(TestModels.small().build())
                        .maxSequences(2)
                        .sequenceContextSize(2048)
                        .samplingThreads(1)
                        .build());
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

    /** Options with which the model says what the playbook has, and does something for each token. */
    TokapuChatOptions.Builder options(Playbook playbook, Runnable token) {
        return TokapuChatOptions.builder()
                .samplersFirst(List.of(playbook.sampler(model), Sampler.custom(candidates -> token.run())));
    }

    /** A model that says what the playbook has. */
    TokapuChatModel chat(Playbook playbook) {
        return builder(playbook).build();
    }

    TokapuChatModel.Builder builder(Playbook playbook) {
        return TokapuChatModel.builder()
                .engine(engine)
                .options(options(playbook, () -> {}).build());
    }

    void awaitIdle() {
        await(() -> {
            EngineSnapshot now = engine.snapshot();
            return now.running() == 0 && now.waiting() == 0;
        });
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it has not come true");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
