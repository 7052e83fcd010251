package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.completion.ContextGenerator;
import dev.tokapu.internal.util.Json;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.LlamaServer;
import dev.tokapu.testsupport.LoraWriter;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.TokenPrompt;
import dev.tokapu.text.Usage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Activated adapters (aLoRA): what comes before the invocation is computed without them, as llama-server does. */
@Timeout(300)
class ActivatedAdapterIT {

    private static final int[] INVOCATION = {50, 51, 52};
    private static final int AT = 70;
    private static final int[] PROMPT = prompt(AT);
    private static final int GENERATED = 12;

    @TempDir
    private static Path folder;

    @TinyModel
    private static Model model;

    private static Path file;
    private static LoraAdapter adapter;
    private static LoraAdapter ordinary;

    @BeforeAll
    static void load() {
        file = LoraWriter.ofTiny(3).invocationTokens(INVOCATION).write(folder.resolve("activated.gguf"));
        adapter = LoraAdapter.load(model, file);
        ordinary = EngineFixture.adapter(model, folder, 4);
    }

    @AfterAll
    static void close() {
        adapter.close();
        ordinary.close();
    }

    /** 100 tokens with the invocation at a place; an earlier one does not count. */
    private static int[] prompt(int at) {
        int[] prompt = new Random(7).ints(100, 60, 300).toArray();
        System.arraycopy(INVOCATION, 0, prompt, 5, INVOCATION.length);
        System.arraycopy(INVOCATION, 0, prompt, at, INVOCATION.length);
        return prompt;
    }

    private static TextStream stream(ContextGenerator generator, int[] prompt) {
        GenerationOptions.Builder options = GenerationOptions.builder().samplers(Sampler.greedy());
        return generator.generate(
                TokenPrompt.of(prompt),
                options.maxTokens(GENERATED).ignoreEnd(true).build());
    }

    /** The tokens of a context whose adapters are changed by hand. */
    private static int[] expected(LoraSet before, LoraSet after, int from) {
        try (Context context = model.newContext(TestModels.small().build())) {
            int[] tokens = new int[GENERATED];
            before.applyTo(context);
            if (from > 0) {
                context.decode(new Batch(from).addAll(Arrays.copyOf(PROMPT, from), 0, 0));
            }
            after.applyTo(context);
            Batch rest = new Batch(PROMPT.length).addAll(Arrays.copyOfRange(PROMPT, from, PROMPT.length), from, 0);
            for (int i = 0; i < GENERATED; i++) {
                context.decode(rest);
                float[] logits = context.outputs().logits(-1);
                for (int token = 0; token < logits.length; token++) {
                    tokens[i] = logits[token] > logits[tokens[i]] ? token : tokens[i];
                }
                rest.clear().add(tokens[i], PROMPT.length + i, 0, true);
            }
            return tokens;
        }
    }

    private static Request request(LoraSet adapters, int[] prompt) {
        return EngineFixture.greedy(prompt)
                .adapters(adapters)
                .maxTokens(GENERATED)
                .build();
    }

    private static Engine engine(KvCacheLayout layout) {
        return Engine.start(model, EngineFixture.options().kvLayout(layout).build());
    }

    private static int[] tokens(Engine engine, LoraSet adapters, int[] prompt) {
        Generation generation = engine.submit(request(adapters, prompt));
        generation.text();
        return generation.tokens();
    }

    private static int[] tokens(ContextGenerator generator, int[] prompt) {
        TextStream stream = stream(generator, prompt);
        stream.text();
        return stream.tokens();
    }

    private static ContextGenerator generator() {
        return ContextGenerator.open(model, TestModels.small().build());
    }

    @Test
    void answers_areThoseOfLlamaServer() throws Exception {
        int[] theirs;
        try (LlamaServer server = LlamaServer.start(
                Path.of(System.getProperty("tokapu.root")),
                TestModels.tinyFile(),
                List.of("--lora", file.toString(), "--lora-init-without-apply"))) {
            String wanted = "{\"prompt\": " + Arrays.toString(PROMPT) + ", \"n_predict\": " + GENERATED
                    + ", \"samplers\": [\"top_k\"], \"top_k\": 1, \"ignore_eos\": true, \"return_tokens\": true,"
                    + " \"lora\": [{\"id\": 0, \"scale\": 1.0}]}";
            LlamaServer.Answer answer = server.post("/completion", wanted);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            theirs = ((List<?>) Json.readObject(answer.body()).get("tokens"))
                    .stream().mapToInt(token -> ((Number) token).intValue()).toArray();
        }
        LoraSet set = LoraSet.of(adapter);
        assertThat(expected(LoraSet.NONE, set, AT - 1)).isEqualTo(theirs);
        assertThat(expected(set, set, 0)).isNotEqualTo(theirs);
        try (ContextGenerator generator = generator();
                Engine engine = engine(KvCacheLayout.UNIFIED)) {
            set.applyTo(generator.context());
            assertThat(tokens(generator, PROMPT)).isEqualTo(theirs);
            assertThat(tokens(engine, set, PROMPT)).isEqualTo(theirs);
        }
    }

    @Test
    void engine_sharesWhatComesBefore_andNothingElse() {
        int[] plain = expected(LoraSet.NONE, LoraSet.NONE, 0);
        LoraSet set = LoraSet.of(adapter);
        int[] activated = expected(LoraSet.NONE, set, AT - 1);
        for (KvCacheLayout layout : List.of(KvCacheLayout.UNIFIED, KvCacheLayout.SPLIT)) {
            try (Engine engine = engine(layout)) {
                assertThat(tokens(engine, LoraSet.NONE, PROMPT)).isEqualTo(plain);
                for (int i = 0; i < 2; i++) {
                    Generation generation = engine.submit(request(set, PROMPT));
                    Usage usage = generation.result().join().usage();
                    assertThat(generation.tokens()).isEqualTo(activated);
                    assertThat(usage.cachedTokens()).isEqualTo(AT - 1);
                }
                assertThat(tokens(engine, LoraSet.NONE, PROMPT)).isEqualTo(plain);
                EngineFixture.awaitIdle(engine);
            }
            try (Engine engine = engine(layout)) {
                assertThat(tokens(engine, set, PROMPT)).isEqualTo(activated);
                Generation after = engine.submit(request(LoraSet.NONE, PROMPT));
                assertThat(after.result().join().usage().cachedTokens()).isEqualTo(AT - 1);
                assertThat(after.tokens()).isEqualTo(plain);
            }
        }
    }

    @Test
    void engine_manyAtATime_answerAsAlone() {
        LoraSet set = LoraSet.of(adapter);
        LoraSet both = set.with(ordinary, 0.5);
        int[] plain = expected(LoraSet.NONE, LoraSet.NONE, 0);
        int[] activated = expected(LoraSet.NONE, set, AT - 1);
        int[] mixed = expected(LoraSet.of(ordinary, 0.5), both, AT - 1);
        try (Engine engine = engine(KvCacheLayout.UNIFIED)) {
            List<LoraSet> sets = List.of(LoraSet.NONE, set, both);
            List<int[]> answers = List.of(plain, activated, mixed);
            List<Generation> all = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                all.add(engine.submit(request(sets.get(i % 3), PROMPT)));
            }
            for (int i = 0; i < all.size(); i++) {
                all.get(i).text();
                assertThat(all.get(i).tokens()).as("request %d", i).isEqualTo(answers.get(i % 3));
            }
            Generation three = engine.submit(EngineFixture.greedy(PROMPT)
                    .adapters(set)
                    .maxTokens(GENERATED)
                    .answers(3)
                    .build());
            three.answers().forEach(Generation::text);
            assertThat(three.answers())
                    .allSatisfy(branch -> assertThat(branch.tokens()).isEqualTo(activated));
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void prompt_withoutInvocation_doesNotGetTheAdapter() {
        int[] prompt = new Random(7).ints(100, 60, 300).toArray();
        try (Engine engine = engine(KvCacheLayout.UNIFIED);
                ContextGenerator generator = generator()) {
            int[] plain = tokens(engine, LoraSet.NONE, prompt);
            assertThat(tokens(engine, LoraSet.of(adapter), prompt)).isEqualTo(plain);
            LoraSet.of(adapter).applyTo(generator.context());
            assertThat(tokens(generator, prompt)).isEqualTo(plain);
        }
    }

    @Test
    void warm_keepsWhatComesBefore() {
        LoraSet set = LoraSet.of(adapter);
        try (Engine engine = engine(KvCacheLayout.UNIFIED)) {
            SchedulingOptions scheduling = SchedulingOptions.defaults().withAdapters(set);
            engine.prefixCache()
                    .warm(PrefixRequest.of(new Prompt.Tokens(PROMPT)).withScheduling(scheduling))
                    .join();
            EngineFixture.awaitIdle(engine);
            assertThat(engine.prefixCache().entries())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.tokens()).isEqualTo(AT - 1));
            Generation generation = engine.submit(request(set, PROMPT));
            assertThat(generation.result().join().usage().cachedTokens()).isEqualTo(AT - 1);
            assertThat(generation.tokens()).isEqualTo(expected(LoraSet.NONE, set, AT - 1));
        }
    }

    @Test
    void generator_computesAnewWhatOtherAdaptersMade() {
        LoraSet set = LoraSet.of(adapter);
        int[] plain = expected(LoraSet.NONE, LoraSet.NONE, 0);
        int[] activated = expected(LoraSet.NONE, set, AT - 1);
        int[] always = expected(LoraSet.of(ordinary), LoraSet.of(ordinary), 0);
        try (ContextGenerator generator = generator()) {
            assertThat(tokens(generator, PROMPT)).isEqualTo(plain);
            List<LoraSet> sets = List.of(set, LoraSet.NONE, LoraSet.of(ordinary), set);
            List<int[]> answers = List.of(activated, plain, always, activated);
            int[] cached = {AT - 1, AT - 1, 0, 0};
            for (int i = 0; i < cached.length; i++) {
                sets.get(i).applyTo(generator.context());
                TextStream stream = stream(generator, PROMPT);
                stream.text();
                assertThat(stream.tokens()).as("set %d", i).isEqualTo(answers.get(i));
                assertThat(stream.usage().cachedTokens()).as("set %d", i).isEqualTo(cached[i]);
                assertThat(generator.context().adapters()).isEqualTo(sets.get(i));
            }
            try (ContextGenerator other = generator.another()) {
                assertThat(tokens(other, PROMPT)).isEqualTo(activated);
            }
        }
    }

    @Test
    void whatCannotBe_isRefused() {
        try (LoraAdapter second = LoraAdapter.load(model, file);
                Engine engine = engine(KvCacheLayout.UNIFIED)) {
            Request two = request(LoraSet.of(adapter).with(second, 1), PROMPT);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine.submit(two))
                    .withMessageContaining("a prompt can have one");
        }
        ContextOptions embeds =
                ContextOptions.builder().embeddings(true).pooling(Pooling.MEAN).build();
        try (Engine engine =
                Engine.start(model, EngineFixture.options().context(embeds).build())) {
            EmbedRequest request =
                    EmbedRequest.builder(PROMPT).adapters(LoraSet.of(adapter)).build();
            assertThatThrownBy(() -> engine.embed(request))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("begins within a text");
        }
    }
}
