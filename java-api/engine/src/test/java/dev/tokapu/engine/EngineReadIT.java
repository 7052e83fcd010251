package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** How answers are read. */
@Timeout(300)
class EngineReadIT {

    @TinyModel
    private static Model model;

    private static String joined(Generation generation) {
        StringBuilder text = new StringBuilder();
        for (String piece : generation) {
            text.append(piece);
        }
        return text.toString();
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void iterator_ofManyVirtualThreads_readsEverything() throws Exception {
        try (Engine engine =
                Engine.start(model, EngineFixture.options().queueCapacity(200).build())) {
            ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                Generation generation = engine.submit(
                        EngineFixture.greedy(5, 6 + i).maxTokens(20).build());
                Runnable reading = () -> {
                    if (!joined(generation).equals(generation.text())) {
                        wrong.add(generation.toString());
                    }
                };
                threads.add((Thread) Thread.class
                        .getMethod("startVirtualThread", Runnable.class)
                        .invoke(null, reading));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(wrong).isEmpty();
        }
    }

    @Test
    void reader_thatNeverReads_holdsUpNobody() {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            Generation unread =
                    engine.submit(EngineFixture.greedy(5, 6).maxTokens(100).build());
            Iterator<String> reader = unread.iterator();
            for (int i = 0; i < 10; i++) {
                engine.submit(EngineFixture.greedy(5, 6).maxTokens(10).build()).text();
            }
            unread.text();
            assertThat(unread.tokens()).hasSize(100);
            assertThat(reader.hasNext()).isTrue();
        }
    }

    @Test
    void publisher_oneAtATime_getsEverything() throws InterruptedException {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            Generation generation =
                    engine.submit(EngineFixture.greedy(5, 6).maxTokens(50).build());
            StringBuilder text = new StringBuilder();
            CountDownLatch complete = new CountDownLatch(1);
            generation.publisher().subscribe(new Flow.Subscriber<>() {
                private Flow.Subscription subscription;

                @Override
                public void onSubscribe(Flow.Subscription given) {
                    subscription = given;
                    given.request(1);
                }

                @Override
                public void onNext(String piece) {
                    text.append(piece);
                    subscription.request(1);
                }

                @Override
                public void onError(Throwable failure) {
                    complete.countDown();
                }

                @Override
                public void onComplete() {
                    complete.countDown();
                }
            });
            assertThat(complete.await(5, TimeUnit.MINUTES)).isTrue();
            assertThat(text.toString()).isEqualTo(generation.text());
        }
    }

    @Test
    void result_isCompleteOnceTextIs_withTheSame() {
        try (Engine engine = Engine.start(model, EngineFixture.options().build())) {
            Generation generation = engine.submit(
                    EngineFixture.greedy(5, 6).maxTokens(70).logProbabilities(2).build());
            assertThat(generation.result().cancel(true)).isTrue();
            Answer answer = generation.result().join();
            assertThat(answer.text()).isEqualTo(generation.text()).isEqualTo(joined(generation));
            assertThat(answer.logProbabilities()).hasSize(70);
            assertThat(answer.usage()).isEqualTo(generation.usage());
        }
    }
}
