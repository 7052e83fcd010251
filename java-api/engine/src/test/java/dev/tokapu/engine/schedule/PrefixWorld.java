package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.PrefixScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * One scheduler with a prefix cache in a world of chance: tenants go on with conversations, share system prompts, cancel, send
 * bursts of the same prompt; steps fail. Every token must be what its request gets alone, no cell may be missing, and nobody may be told
 * that something is cached that neither the same tenant nor a public request has computed.
 */
final class PrefixWorld {

    long steps;
    long requests;
    long cached;
    long computed;
    final SavedCells host;
    final PreemptionCheck preemptions = new PreemptionCheck();
    private final SplittableRandom random;
    private final SchedulerConfig config;
    private final Scheduler<SimulatedAnswers> scheduler;
    private final Plan<SimulatedAnswers> plan = new Plan<>();
    private final CellModel model;
    private final List<SimulatedAnswers> live = new ArrayList<>();
    private final PrefixArrivals arrivals;
    private final PrefixPauses pauses;
    private final Map<Integer, List<SimulatedAnswers>> admitted = new HashMap<>();
    private final int calm;
    private final double failures;
    private final double cancels;
    private final double evictions;
    private final boolean drafts;
    private final IntPredicate arrives;
    private long now;
    private int ids;

    /** Of its requests those arrive whose numbers, from 0, are told. */
    PrefixWorld(long seed, IntPredicate arrives) {
        this.arrives = arrives;
        random = new SplittableRandom(seed);
        int slots = 1 + random.nextInt(6);
        int slotTokens = 24 + random.nextInt(80);
        boolean shared = random.nextBoolean();
        int all = slots * slotTokens;
        boolean trims = random.nextInt(4) > 0;
        config = SchedulerConfig.builder(slots, slotTokens, 1 + random.nextInt(30))
                .kvTokens(shared ? slotTokens + random.nextInt(random.nextBoolean() ? 16 : all - slotTokens + 1) : all)
                .shared(shared)
                .queue(40)
                .agingNanos(1 + random.nextInt(2000))
                .groupSteps(2)
                .gap(shared || random.nextBoolean() ? 0 : 1 + random.nextInt(3))
                .padding(shared || random.nextBoolean() ? 0 : 1 + random.nextInt(5))
                .prefixCache(shared ? slots + random.nextInt(8) : slots, 1 + random.nextInt(4), trims)
                .host(random.nextBoolean() ? 0 : random.nextInt(4 * all), random.nextInt(3) == 0)
                .build();
        scheduler = new Scheduler<>(config);
        model = new CellModel(config);
        host = new SavedCells(model, config, random, random.nextInt(3) * 0.05);
        arrivals = new PrefixArrivals(random, slotTokens);
        scheduler.tiers().savesFrom(random.nextInt(3) * 0.2);
        calm = 1 + random.nextInt(5);
        failures = random.nextInt(3) * 0.02;
        cancels = random.nextInt(3) * 0.03;
        evictions = random.nextInt(3) * 0.005;
        drafts = trims && random.nextBoolean();
        pauses = new PrefixPauses(random, scheduler);
    }

    int made() {
        return ids;
    }

    void run(int count) {
        for (int i = 0; i < count; i++) {
            if (random.nextInt(calm) == 0) {
                offer(random.nextInt(5) == 0 ? 1 + random.nextInt(6) : 1);
            }
            pauses.change(live);
            step();
        }
        pauses.end(live);
        for (int i = 0; !scheduler.isIdle(); i++) {
            Check.that(i < 100_000, "every request ends; still live", live.size(), i);
            step();
        }
        host.proceed(false, scheduler.tiers());
        Check.equal("reserved when idle", scheduler.kvReserved(), 0);
        Check.equal("free slots when idle", scheduler.freeSlots(), config.slots());
    }

    /** The same prompt so many times. */
    private void offer(int times) {
        int tenant = random.nextInt(4);
        int[] prompt = arrivals.prompts().next(tenant);
        for (int i = 0; i < times; i++) {
            SimulatedAnswers simulated = arrivals.next(++ids, tenant, prompt, now);
            if (arrives.test(ids - 1) && scheduler.offer(simulated.request) == null) {
                live.add(simulated);
                requests++;
            }
        }
    }

    private void step() {
        steps++;
        now += random.nextInt(40);
        if (!live.isEmpty() && random.nextDouble() < cancels) {
            SimulatedAnswers some = live.get(random.nextInt(live.size()));
            scheduler.cancel(some.request.id(), random.nextInt(some.request.branches()));
        }
        if (random.nextDouble() < evictions) {
            evict(random.nextInt(4));
        }
        offerDrafts();
        host.proceed(scheduler.decoding() > 0, scheduler.tiers());
        scheduler.plan(now, 1 + random.nextInt(config.batchTokens()), plan);
        plan.operations().forEach(operation -> host.apply(operation, scheduler.tiers()));
        preemptions.check(plan);
        plan.admitted().forEach(request -> admitted(request.task()));
        model.checkBridges(plan);
        live.removeIf(simulated -> simulated.request.isEnded());
        if (!plan.entries().isEmpty() && random.nextDouble() < failures) {
            pollute();
            scheduler.failed(plan);
            // As the engine does: a failed step ends its requests, an aborted one gives its tokens back.
            plan.entries().forEach(entry -> scheduler.cancel(entry.request().id()));
        } else {
            compute();
        }
        model.checkSize();
    }

    private void offerDrafts() {
        for (SimulatedAnswers simulated : live) {
            for (int branch = 0; drafts && branch < simulated.request.branches(); branch++) {
                simulated.request.sequence(branch).drafts(random.nextInt(4));
            }
        }
    }

    private void admitted(SimulatedAnswers simulated) {
        int found = simulated.request.prefilled();
        int[] text = simulated.cells(0); // the prompt, and what it had generated when it was preempted
        int slot = simulated.request.promptSequence().slot();
        Check.equal("cached tokens in the slot", model.length(slot), found);
        for (int i = 0; i < found; i++) {
            Check.equal("cached token", model.token(slot, i), text[i]);
        }
        int possible = 0;
        for (int tenant : List.of(0, simulated.tenant)) {
            for (SimulatedAnswers other : admitted.getOrDefault(tenant, List.of())) {
                for (int branch = 0; branch < other.answers.size(); branch++) {
                    possible = Math.max(possible, other.common(branch, text));
                }
            }
        }
        Check.that(found <= possible || simulated.begun, "cached tokens of somebody else", found, possible);
        Check.that(found < text.length, "the last token is computed", found, text.length);
        cached += found;
        admitted.computeIfAbsent(simulated.tenant, tenant -> new ArrayList<>()).add(simulated);
    }

    /** Everything of a tenant is evicted from all tiers: later requests find what live ones have, and what is computed from now on. */
    private void evict(int tenant) {
        Predicate<PrefixScope> scopes = scope -> scope.tenant().equals(tenant == 0 ? PrefixScope.EVERYBODY : tenant);
        scheduler.kept().evictIf(scopes);
        live.forEach(simulated -> simulated.begun |= simulated.request.slots > 0);
        for (SavedPrefix saved : scheduler.tiers().saved()) {
            if (scopes.test(saved.scope())) {
                scheduler.tiers().evict(saved.serial());
            }
        }
        admitted.getOrDefault(tenant, new ArrayList<>()).removeIf(simulated -> simulated.request.isEnded());
    }

    /** Part of a failed step is in the KV cache. */
    private void pollute() {
        for (PlanEntry<SimulatedAnswers> entry : plan.entries()) {
            if (random.nextBoolean()) {
                model.decode(entry.slot(), entry.from(), -1);
            }
        }
    }

    private void compute() {
        List<ScheduledSequence<SimulatedAnswers>> sampled = new ArrayList<>();
        List<Integer> counts = new ArrayList<>();
        for (PlanEntry<SimulatedAnswers> entry : plan.entries()) {
            if (entry.isPrefill()) {
                prefill(entry, sampled, counts);
            } else {
                sampled.add(entry.sequence());
                counts.add(decode(entry));
            }
        }
        scheduler.decoded(plan);
        for (int i = 0; i < sampled.size(); i++) {
            sampled(sampled.get(i), counts.get(i));
        }
        for (PlanEntry<SimulatedAnswers> entry : plan.entries()) {
            if (entry.isLast() && entry.request().promptOnly()) {
                scheduler.finished(entry.request());
            }
        }
    }

    private void prefill(
            PlanEntry<SimulatedAnswers> entry,
            List<ScheduledSequence<SimulatedAnswers>> sampled,
            List<Integer> counts) {
        int[] text = entry.task().text(0);
        for (int position = entry.from(); position < entry.end(); position++) {
            model.decode(entry.slot(), position, SimulatedAnswers.cell(text[position], plan.group()));
        }
        computed += entry.count();
        if (!entry.isLast() || entry.request().promptOnly()) {
            return;
        }
        for (int branch = 0; branch < entry.request().branches(); branch++) {
            ScheduledSequence<SimulatedAnswers> sequence = entry.request().sequence(branch);
            if (sequence.isEnded()) {
                continue;
            }
            if (sequence.slot() != entry.slot()) {
                model.copy(entry.slot(), sequence.slot(), model.length(entry.slot()));
            }
            generate(sequence);
            sampled.add(sequence);
            counts.add(1);
        }
    }

    private int decode(PlanEntry<SimulatedAnswers> entry) {
        SimulatedAnswers simulated = entry.task();
        List<Integer> answer = simulated.answers.get(entry.sequence().branch());
        int token = answer.get(answer.size() - 1);
        int right = 0;
        boolean goesOn = true;
        for (int i = 0; i < entry.count(); i++) {
            model.decode(entry.slot(), entry.from() + i, SimulatedAnswers.cell(token, plan.group()));
            if (goesOn) {
                int next = generate(entry.sequence());
                right++;
                token = random.nextInt(3) > 0 ? next : next + 1;
                goesOn = token == next && next % simulated.end != 0;
            }
        }
        return right;
    }

    /** The next token follows from what is in the slot, and must follow from the request's own text, too. */
    private int generate(ScheduledSequence<SimulatedAnswers> sequence) {
        SimulatedAnswers simulated = sequence.request().task();
        int token = Math.floorMod(SimulatedModel.next(model.prefix(sequence.slot()), 5), 97);
        long alone = 0;
        for (int own : simulated.cells(sequence.branch())) {
            alone = SimulatedModel.append(alone, own);
        }
        Check.equal("token", token, Math.floorMod(SimulatedModel.next(alone, 5), 97));
        simulated.answers.get(sequence.branch()).add(token);
        return token;
    }

    private void sampled(ScheduledSequence<SimulatedAnswers> sequence, int count) {
        SimulatedAnswers simulated = sequence.request().task();
        List<Integer> answer = simulated.answers.get(sequence.branch());
        for (int i = answer.size() - count; i < answer.size(); i++) {
            sequence.chosen(answer.get(i));
        }
        boolean ended = answer.get(answer.size() - 1) % simulated.end == 0;
        scheduler.sampled(sequence, count, ended);
        if (!sequence.isEnded()) {
            model.truncate(sequence.slot(), sequence.length());
        } else {
            arrivals.prompts().known(simulated.tenant, simulated.text(sequence.branch()));
        }
    }
}
