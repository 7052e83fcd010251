package dev.tokapu.examples.engine;

import dev.tokapu.Model;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.engine.Answer;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.Request;
import dev.tokapu.engine.RequestRejectedException;
import dev.tokapu.engine.Speculation;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many questions at the same time: one engine serves a thread for each question, streams, futures and several answers to one. */
public final class ManyQuestions {

    private static final List<String> QUESTIONS = List.of(
            "What color is the sky on a clear day?",
            "How many legs does a spider have?",
            "What do bees make?",
            "Which planet is the closest to the sun?",
            "What is the opposite of hot?");

    private ManyQuestions() {}

    public static void main(String[] args) throws ExecutionException, InterruptedException {
        ModelSource source = args.length == 0 ? DefaultModel.source() : ModelSource.file(Path.of(args[0]));
        // @start region="start"
        EngineOptions options = EngineOptions.builder()
                .maxSequences(4) // at the same time; more wait
                .sequenceContextSize(1024) // tokens of each, prompt and answer
                .build();
        try (Model model = Model.load(source);
                Engine engine = Engine.start(model, options)) {
            threads(engine);
            stream(engine);
            future(engine);
            severalAnswers(engine);
            speculation(engine);
            cancel(engine);
            System.out.println("engine: " + engine.snapshot());
        }
        // @end
    }

    /** A thread for each question; there may be more of them than the engine serves at a time. */
    private static void threads(Engine engine) throws ExecutionException, InterruptedException {
        // @start region="threads"
        ExecutorService threads = Executors.newCachedThreadPool(); // from Java 21 on: newVirtualThreadPerTaskExecutor()
        List<Future<String>> answers = new ArrayList<>();
        for (String question : QUESTIONS) {
            answers.add(threads.submit(() -> ask(engine, question)));
        }
        for (int i = 0; i < QUESTIONS.size(); i++) {
            System.out.println(QUESTIONS.get(i) + " " + answers.get(i).get());
        }
        threads.shutdown();
        // @end
    }

    // @start region="ask"
    private static String ask(Engine engine, String question) throws InterruptedException {
        Request request = request(question);
        while (true) {
            try {
                return engine.submit(request).text(); // waits for the end
            } catch (RequestRejectedException e) {
                // the queue is full; by then there should be room
                Thread.sleep(e.retryAfter().toMillis());
            }
        }
    }
    // @end

    private static Request request(String question) {
        // @start region="request"
        Request request = Request.builder(List.of(ChatMessage.user(question)))
                .samplers(Sampler.greedy())
                .maxTokens(32)
                .priority(1) // larger goes first, default 0
                .tenant("example") // tenants share the engine evenly
                .deadline(Duration.ofMinutes(5)) // what there is then is the answer
                .build();
        // @end
        return request;
    }

    private static void stream(Engine engine) {
        // @start region="stream"
        try (Generation generation = engine.submit(request("Name three colors."))) {
            System.out.print("stream: ");
            for (String piece : generation) {
                System.out.print(piece);
            }
            System.out.println();
        }
        // @end
    }

    private static void future(Engine engine) {
        // @start region="future"
        CompletableFuture<Answer> answer =
                engine.submit(request("Is water wet?")).result();
        answer.thenAccept(a ->
                        System.out.println("future: " + a.text() + " (" + a.finishReason() + ", " + a.usage() + ")"))
                .join();
        // @end
    }

    private static void severalAnswers(Engine engine) {
        // @start region="answers"
        Request request = Request.builder("The best thing about the sea is")
                .temperature(0.9)
                .seed(7)
                .maxTokens(12)
                .answers(3) // from one reading of the prompt
                .build();
        for (Generation answer : engine.submit(request).answers()) {
            System.out.println("one of three:" + answer.text().replace('\n', ' '));
        }
        // @end
    }

    private static void speculation(Engine engine) {
        // @start region="speculation"
        String text = "A robin has 2 legs. A beetle has 6 legs. A spider has 8 legs.";
        Request request = Request.builder("Copy this. " + text + "\nCopy: A robin has 2")
                .samplers(Sampler.greedy())
                .maxTokens(16)
                .speculation(Speculation.ngram()) // drafts: the text may repeat itself
                .build();
        Generation answer = engine.submit(request);
        System.out.println("copied:" + answer.text().replace('\n', ' ') + " "
                + answer.usage().acceptedTokens() + " tokens took no step of their own");
        // @end
    }

    private static void cancel(Engine engine) {
        // @start region="cancel"
        Generation generation = engine.submit(
                Request.builder("One, two, three,").samplers(Sampler.greedy()).build());
        generation.iterator().next();
        generation.cancel(); // any thread; the engine drops it within a step
        String text = generation.text(); // what there was
        System.out.println("cancelled: " + !text.isEmpty() + " " + generation.finishReason());
        // @end
    }
}
