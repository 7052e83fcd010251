package dev.tokapu.examples.prefixcache;

import dev.tokapu.Model;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.engine.CachedPrefix;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.PrefixCache;
import dev.tokapu.engine.PrefixRequest;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import dev.tokapu.text.Usage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A system prompt that is computed once for all tenants, and conversations that compute only what is new in them. */
public final class SharedPrompt {

    private static final String SYSTEM =
            "You work at the desk of a small hotel by the sea. Breakfast is from seven to ten, on the terrace when it"
                    + " is warm. The pool closes at nine, the bar at midnight. Rooms are free from three on. Answer in one"
                    + " short sentence, and be polite.";
    private static final List<String> QUESTIONS = List.of("When is breakfast?", "And until when can I swim?");

    private SharedPrompt() {}

    public static void main(String[] args) {
        ModelSource source = args.length == 0 ? DefaultModel.source() : ModelSource.file(Path.of(args[0]));
        EngineOptions options = EngineOptions.builder()
                .maxSequences(4)
                .sequenceContextSize(1024)
                .build();
        try (Model model = Model.load(source);
                Engine engine = Engine.start(model, options)) {
            warm(engine);
            converse(engine, "ada");
            converse(engine, "ben");
            inspect(engine);
        }
    }

    private static void warm(Engine engine) {
        // @start region="warm"
        PrefixRequest beginning = PrefixRequest.of(List.of(ChatMessage.system(SYSTEM)))
                .forEverybody(); // without it, for the default tenant alone
        Usage warmed = engine.prefixCache().warm(beginning).join(); // pinned: it stays
        System.out.println("warmed: " + warmed.promptTokens() + " tokens");
        // @end
    }

    private static void converse(Engine engine, String tenant) {
        // @start region="tenants"
        ChatOptions options = ChatOptions.builder()
                .systemPrompt(SYSTEM)
                .samplers(Sampler.greedy())
                .maxTokens(24)
                .build();
        SchedulingOptions scheduling = SchedulingOptions.defaults().withTenant(tenant);
        try (ChatSession chat = engine.chat(options, scheduling)) {
            for (String question : QUESTIONS) {
                ChatAnswer answer = chat.askStreaming(question);
                System.out.println(question + " " + answer.text());
                Usage usage = answer.usage();
                System.out.println(
                        tenant + ": " + usage.promptTokens() + " prompt tokens, " + usage.cachedTokens() + " cached");
            }
        }
        // @end
    }

    private static void inspect(Engine engine) {
        // @start region="inspect"
        PrefixCache cache = engine.prefixCache();
        for (CachedPrefix entry : cache.entries()) {
            System.out.println("kept for " + (entry.isPublic() ? "everybody" : entry.tenant()) + ": " + entry.tokens()
                    + " tokens, " + entry.uses() + " uses" + (entry.pinned() ? ", pinned" : ""));
        }
        System.out.println("evicted: " + cache.evictTenant("ada"));
        System.out.printf(
                Locale.ROOT,
                "%.0f %% of all prompt tokens were cached%n",
                100 * cache.snapshot().hitRate());
        // @end
    }
}
