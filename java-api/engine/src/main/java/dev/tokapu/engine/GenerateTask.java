package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.engine.run.ActiveSequence;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.StepBatch;
import dev.tokapu.engine.run.TokenChannel;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.ScheduledRequestBuilder;
import dev.tokapu.internal.text.StoppingCriteriaEvaluator;
import dev.tokapu.internal.util.Durations;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TokenPrompt;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that generates, on its way through a replica: its prompt, its place in the schedule and its answers.
 *
 * <p>Thread safety: what it consists of does not change; what that leads to is the engine's thread's.
 */
final class GenerateTask implements RoutedTask {

    /**
     * What is generated, whichever replica does it.
     *
     * @param options how, with what the prompt's template wants
     * @param observed the request as observers see it
     */
    record Input(Request request, TokenPrompt prompt, GenerationOptions options, ObservedRequest observed) {}

    /** Whose it is. */
    private enum Claim {
        OPEN,
        CLAIMED,
        MOVED
    }

    private final Input input;
    private final int[] prompt;
    private final List<ActiveSequence> sequences;
    private final List<TokenChannel> channels;
    private final boolean onDevice;
    private final ScheduledRequest<EngineTask> scheduled;
    private final FinishReason lateReason;
    private final TaskCallbacks control;
    private List<Generation> answers = List.of();
    private @Nullable Ticket ticket;
    private Claim claim = Claim.OPEN;
    private boolean admitted;

    /**
     * Creates it.
     *
     * @param schedule its name, tenant, adapters and limit; prompt, answers and times are set here
     * @param now when it was submitted
     * @param onDevice whether a device may choose its tokens
     */
    GenerateTask(
            Input input,
            List<ActiveSequence> sequences,
            ScheduledRequestBuilder schedule,
            long now,
            boolean onDevice,
            TaskCallbacks control) {
        this.input = input;
        this.prompt = input.prompt().tokens();
        this.sequences = List.copyOf(sequences);
        this.channels = this.sequences.stream().map(ActiveSequence::channel).toList();
        this.onDevice = onDevice;
        this.control = control;
        Request request = input.request();
        long timeLimit = StoppingCriteriaEvaluator.deadline(request.generation().stoppingCriteria(), now);
        long deadline = Durations.after(now, request.scheduling().deadline());
        this.lateReason = timeLimit < deadline ? FinishReason.STOP_CRITERION : FinishReason.DEADLINE;
        this.scheduled = schedule.time(now, Math.min(timeLimit, deadline))
                .promptTokens(prompt.length)
                .branches(sequences.size())
                .build(this);
    }

    /** Before it is submitted: who reads it, and where it is computed. */
    void begin(List<Generation> readers, @Nullable Ticket where) {
        answers = readers;
        ticket = where;
    }

    Request request() {
        return input.request();
    }

    TaskCallbacks control() {
        return control;
    }

    @Override
    public @Nullable Ticket ticket() {
        return ticket;
    }

    @Override
    public ObservedRequest observed() {
        return input.observed();
    }

    @Override
    public RoutedTask movedTo(Ticket where) {
        GenerateTask next = where.core().preprocessor().task(input, channels, scheduled.arrival());
        next.begin(answers, where);
        for (Generation answer : answers) {
            if (!answer.control().movedTo(next)) {
                where.left(1); // a reader has cancelled it
            }
        }
        return next;
    }

    @Override
    public void movedOn() {
        answers.forEach(answer -> answer.control().movedOn());
    }

    @Override
    public void fail(Throwable failure) {
        for (TokenChannel channel : channels) {
            channel.end(new TokenChannel.Ending(null, failure));
            channel.signal();
        }
    }

    /** On the engine's thread: whether it is this replica's, from now on for good. */
    private boolean isMine() {
        if (claim == Claim.OPEN) {
            claim = Claim.CLAIMED;
            if (!control.claim(this)) {
                detach();
            }
        }
        return claim == Claim.CLAIMED;
    }

    private void detach() {
        claim = Claim.MOVED;
        sequences.forEach(ActiveSequence::detach);
    }

    private boolean isUntouched() {
        return channels.stream().allMatch(channel -> channel.published() == 0 && channel.ending() == null);
    }

    @Override
    public ScheduledRequest<EngineTask> scheduled() {
        return scheduled;
    }

    @Override
    public FinishReason lateReason() {
        return lateReason;
    }

    @Override
    public int promptToken(int position) {
        return position < prompt.length ? prompt[position] : scheduled.prefillTokenIds()[position];
    }

    @Override
    public boolean hasOutput(int position) {
        return position == scheduled.prefillTokens() - 1;
    }

    @Override
    public void admitted(Context context, long now) {
        isMine();
        admitted = true;
        // Several answers share the output that their first tokens are chosen from, and may change their sequences
        // until then.
        boolean alone = sequences.size() == 1;
        for (int branch = 0; branch < sequences.size(); branch++) {
            int slot = scheduled.sequence(branch).slot();
            ActiveSequence active = sequences.get(branch);
            active.channel().cached(scheduled.cachedTokens());
            active.admitted(context, slot, onDevice && alone, now);
        }
        prefilled(scheduled.cachedTokens(), now);
    }

    /** The first answer tells of the prompt, which all share. */
    @Override
    public void prefilled(int end, long now) {
        sequences.get(0).channel().prefilled(Math.min(end, prompt.length), now);
    }

    @Override
    public void preempted(Context context) {
        sequences.forEach(active -> active.preempted(context));
    }

    @Override
    public ActiveSequence sequence(int branch) {
        return sequences.get(branch);
    }

    @Override
    public void computed(Context context, PlanEntry<EngineTask> entry, StepBatch batch) {
        throw new IllegalStateException("request " + scheduled.id() + " is no prompt alone");
    }

    @Override
    public void end(@Nullable FinishReason reason, @Nullable Throwable failure) {
        if (isMine() && failure != null && isUntouched() && control.moveOn(this, admitted)) {
            detach();
        }
        sequences.forEach(active -> active.end(reason, failure));
    }

    @Override
    public void end(int branch, @Nullable FinishReason reason, @Nullable Throwable failure) {
        isMine();
        sequences.get(branch).end(reason, failure);
    }

    @Override
    public boolean isEnded() {
        for (ActiveSequence active : sequences) {
            if (!active.isEnded()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void free(Context context) {
        for (ActiveSequence active : sequences) {
            if (active.isEnded()) {
                active.free(context);
            }
        }
    }

    @Override
    public void abandon() {
        sequences.forEach(ActiveSequence::abandon);
    }
}
