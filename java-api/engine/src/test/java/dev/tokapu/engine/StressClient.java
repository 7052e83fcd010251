package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.StressCounts.Count;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import java.time.Duration;
import java.util.Iterator;
import java.util.Random;

/**
 * A thread that asks for answers in conversations of {@link StressConversations}, and now and then for those of others.
 *
 * <p>Thread safety: for one thread.
 */
final class StressClient {

    private static final int SHORT = 12;
    private static final int LONG = 90; // more than is expected: others are preempted
    private static final int CHECKED = 20; // every 20th answer, beside the riskier ones

    private final PrefixStressChild child;
    private final Engine engine;
    private final StressConversations conversations;
    private final Random random;
    private final String name;
    private int attacks;

    StressClient(PrefixStressChild child, Engine engine, StressConversations conversations, long seed, String name) {
        this.child = child;
        this.engine = engine;
        this.conversations = conversations;
        this.random = new Random(seed);
        this.name = name;
    }

    /** Asks once. */
    void ask() throws InterruptedException {
        if (random.nextInt(20) == 0) {
            attack();
        } else {
            converse();
        }
    }

    /** A tenant that nobody knows begins with what another one said: of that it may find the public prefix alone. */
    private void attack() throws InterruptedException {
        int[] prompt = conversations.stolen(random);
        String tenant = name + " attack " + attacks++;
        Generation answer = submit(EngineFixture.greedy(prompt)
                .maxTokens(1 + random.nextInt(SHORT))
                .tenant(tenant)
                .build());
        answer.text();
        child.counts().add(Count.ATTACKS, 1);
        check(answer, prompt, StressConversation.publicPrefix().length);
        checkTokens(answer, prompt);
    }

    private void converse() throws InterruptedException {
        int conversation = conversations.any(random);
        StressConversation.Turn turn = conversations.next(conversation, random);
        boolean greedy = random.nextInt(4) > 0;
        int answers = random.nextInt(16) == 0 ? 2 + random.nextInt(2) : 1;
        Request.Builder request = Request.builder(turn.prompt())
                .ignoreEnd(true)
                .maxTokens(1 + random.nextInt(answers == 1 && random.nextInt(6) == 0 ? LONG : SHORT))
                .tenant("tenant " + conversations.tenant(conversation))
                .priority(random.nextInt(3))
                .answers(answers);
        if (greedy) {
            request.samplers(Sampler.greedy());
        } else {
            request.samplers(Sampler.topK(20), Sampler.temperature(1.5), Sampler.dist(random.nextInt()));
        }
        if (random.nextInt(25) == 0) {
            request.deadline(Duration.ofMillis(1 + random.nextInt(50)));
        }
        if (random.nextInt(10) == 0) {
            request.speculation(
                    new Speculation.NGram(1 + random.nextInt(2), 1 + random.nextInt(8), random.nextBoolean()));
        }
        Generation first = submit(request.build());
        boolean cancelled = random.nextInt(10) == 0;
        if (cancelled) {
            cancelSometime(first);
        }
        for (Generation answer : first.answers()) {
            answer.text();
            check(answer, turn.prompt(), conversations.known(conversation, turn));
            int resumed = turn.isFirst() ? Math.max(0, answer.usage().cachedTokens() - StressConversation.OWN) : 0;
            child.counts().add(Count.RESUMED_TOKENS, resumed);
            if (greedy && (resumed > 0 || turn.isAgain() || random.nextInt(CHECKED) == 0)) {
                checkTokens(answer, turn.prompt());
            }
        }
        Generation chosen = first.answers().get(random.nextInt(first.answers().size()));
        conversations.answered(conversation, turn, chosen.tokens());
    }

    private Generation submit(Request request) throws InterruptedException {
        while (true) {
            try {
                return engine.submit(request);
            } catch (RequestRejectedException e) {
                Thread.sleep(1);
            }
        }
    }

    private void cancelSometime(Generation generation) {
        Iterator<String> pieces = generation.iterator();
        for (int i = random.nextInt(SHORT); i > 0 && pieces.hasNext(); i--) {
            pieces.next();
        }
        generation.cancel();
    }

    private void check(Generation answer, int[] prompt, int mostCached) {
        int cached = answer.usage().cachedTokens();
        assertThat(cached)
                .as("cached tokens of %s for %s", answer, answer.request().scheduling())
                .isLessThanOrEqualTo(Math.min(mostCached, prompt.length - 1));
        assertThat(answer.usage().promptTokens()).isEqualTo(prompt.length);
        if (answer.finishReason() == FinishReason.MAX_TOKENS) {
            assertThat(answer.tokens()).hasSize(answer.request().generation().maxTokens());
        }
        child.counts().add(Count.CACHED_TOKENS, cached);
        child.counts().add(Count.CANCELLED, answer.finishReason() == FinishReason.CANCELLED ? 1 : 0);
        child.counts().add(Count.EXPIRED, answer.finishReason() == FinishReason.DEADLINE ? 1 : 0);
    }

    private void checkTokens(Generation answer, int[] prompt) {
        EngineIT.assertGreedy(child.model(), prompt, answer.tokens());
        child.counts().add(Count.CHECKED, 1);
    }
}
