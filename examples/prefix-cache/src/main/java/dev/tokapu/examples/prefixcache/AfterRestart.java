package dev.tokapu.examples.prefixcache;

import dev.tokapu.Model;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.PrefixCacheOptions;
import dev.tokapu.engine.Request;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import dev.tokapu.text.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A conversation that goes on after a restart, from what the engine before it has left in a directory. */
public final class AfterRestart {

    private AfterRestart() {}

    public static void main(String[] args) throws IOException {
        Path directory = args.length == 0 ? Files.createTempDirectory("prefixes") : Path.of(args[0]);
        List<ChatMessage> messages = new ArrayList<>();
        messages.add(ChatMessage.system("You work at the desk of a small hotel by the sea. Breakfast is from seven to"
                + " ten, and the pool closes at nine. Answer in one short sentence."));
        messages.add(ChatMessage.user("When is breakfast?"));
        messages.add(ChatMessage.assistant(answer(directory, messages)));
        messages.add(ChatMessage.user("And until when can I swim?"));
        answer(directory, messages);
    }

    /** With an engine of its own, as after a restart. */
    private static String answer(Path directory, List<ChatMessage> messages) {
        // @start region="tiers"
        PrefixCacheOptions cache = PrefixCacheOptions.defaults()
                .withHostMemory(1L << 30) // 1 GiB of native memory
                .withDisk(directory, 8L << 30); // 8 GiB of files
        EngineOptions options = EngineOptions.builder()
                .maxSequences(2)
                .sequenceContextSize(1024)
                .prefixCache(cache)
                .build();
        // @end
        ModelSource source = DefaultModel.source();
        try (Model model = Model.load(source);
                Engine engine = Engine.start(model, options)) {
            Generation answer = engine.submit(Request.builder(messages)
                    .samplers(Sampler.greedy())
                    .maxTokens(24)
                    .build());
            String text = answer.text();
            Usage usage = answer.usage();
            System.out.println(text);
            System.out.println(usage.promptTokens() + " prompt tokens, " + usage.cachedTokens() + " cached");
            return text;
        }
    }
}
