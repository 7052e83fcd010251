package dev.tokapu;

import dev.tokapu.chat.ChatSession;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Request;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A program that ends in the middle of a native call. Arguments: a library to load first, the work, the end. */
final class ExitChild {

    private static final ModelSource SMOL = DefaultModel.source();
    private static final int STATUS = 3;
    private static final int ROUNDS = 1_000_000;
    private static final CountDownLatch BUSY = new CountDownLatch(1);
    private static final ContextOptions CONTEXT =
            ContextOptions.builder().contextSize(512).threads(2).batchThreads(2).build();

    private ExitChild() {}

    public static void main(String[] arguments) throws Exception {
        System.load(arguments[0]);
        Map<String, Runnable> works = Map.of(
                "decode", ExitChild::decode,
                "tokenize", ExitChild::tokenize,
                "load", ExitChild::load,
                "template", ExitChild::template,
                "engine", ExitChild::engine,
                "sampler", ExitChild::sampler,
                "progress", ExitChild::progress);
        Thread worker = new Thread(works.get(arguments[1]), "worker");
        worker.setDaemon(true);
        worker.start();
        BUSY.await();
        Thread.sleep(50);
        switch (arguments[2]) {
            case "exit" -> System.exit(STATUS);
            case "halt" -> Runtime.getRuntime().halt(STATUS);
            case "sigterm" -> terminate();
            case "return" -> {}
            default -> worker.join(); // it ends the process itself
        }
    }

    private static void terminate() throws IOException, InterruptedException {
        new ProcessBuilder("kill", Long.toString(ProcessHandle.current().pid())).start();
        Thread.sleep(100_000);
    }

    private static void decode() {
        Model model = TestModels.smol();
        Context context = model.newContext(CONTEXT);
        Batch batch = new Batch(256);
        for (int i = 0; i < 256; i++) {
            batch.add(3 + i, i, 0, i == 255);
        }
        for (int i = 0; i < ROUNDS; i++) {
            context.kvCache().clear();
            context.decode(batch);
            BUSY.countDown();
        }
    }

    private static void tokenize() {
        Vocab vocab =
                Model.load(SMOL, ModelOptions.builder().vocabOnly(true).build()).vocab();
        String text = "The ring, the thing and the king. ".repeat(20_000);
        for (int i = 0; i < ROUNDS; i++) {
            BUSY.countDown();
            vocab.tokenize(text);
        }
    }

    private static void load() {
        for (int i = 0; i < ROUNDS; i++) {
            TestModels.smol().close();
            BUSY.countDown();
        }
    }

    private static void template() {
        ChatSession chat = ChatSession.open(TestModels.smol());
        for (int i = 0; i < ROUNDS; i++) {
            BUSY.countDown();
            chat.send("Count to ten.").text();
            chat.reset();
        }
    }

    private static void engine() {
        Engine engine = Engine.start(
                TestModels.smol(),
                EngineOptions.builder().context(CONTEXT).maxSequences(4).build());
        for (int i = 0; i < ROUNDS; i++) {
            for (int j = 1; j < 4; j++) {
                engine.submit(Request.builder("once upon a time ".repeat(j))
                        .maxTokens(20)
                        .build());
            }
            BUSY.countDown();
            engine.submit(Request.builder("there was").maxTokens(20).build()).text();
        }
    }

    private static void sampler() {
        BUSY.countDown();
        CompletionOptions options = CompletionOptions.builder()
                .context(CONTEXT)
                .samplers(Sampler.customLogits((tokens, candidates) -> System.exit(STATUS)), Sampler.greedy())
                .build();
        Completion.of(TestModels.smol(), "once", options).text();
    }

    private static void progress() {
        BUSY.countDown();
        Model.load(SMOL, ModelOptions.builder().progress(share -> exits()).build());
    }

    private static boolean exits() {
        System.exit(STATUS);
        return true;
    }
}
