package dev.tokapu.engine;

import dev.tokapu.engine.route.Router;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Brings requests to the replicas of an engine: where the {@link Router} says, elsewhere when one has room and another does not, and on to others when
 * a replica fails or hangs.
 *
 * <p>What waits on a replica is in a set; who takes it out has it, the thread of the replica to compute it or another one to move it.
 *
 * <p>Thread safety: safe.
 */
final class Dispatcher {

    private static final Comparator<RoutedTask> ORDER = Comparator.<RoutedTask>comparingInt(
                    task -> -task.scheduled().priority())
            .thenComparingLong(task -> task.scheduled().arrival())
            .thenComparingLong(task -> task.scheduled().id());

    private final List<EngineCore> cores = new ArrayList<>();
    private final List<NavigableSet<RoutedTask>> waiting = new ArrayList<>();
    private final Router router = new Router();
    private volatile boolean closing;

    /** A further replica, before the first one is started. */
    void add(EngineCore core) {
        cores.add(core);
        waiting.add(new ConcurrentSkipListSet<>(ORDER));
        router.add(core.config().maxSequences(), core.schedulerConfig().kvTokens());
    }

    /** For tests. */
    Router router() {
        return router;
    }

    List<EngineCore> cores() {
        return cores;
    }

    /** How long requests took. */
    LatencySnapshot endToEnd() {
        return LatencySnapshot.of(
                cores.stream().map(core -> core.meter().endToEnd).toList());
    }

    private boolean isSeveral() {
        return cores.size() > 1;
    }

    /** From now on each stays where it is. */
    void close() {
        closing = true;
    }

    /**
     * Places a request.
     *
     * @throws IllegalStateException when nothing can compute it
     */
    Ticket place(Router.Wanted wanted) {
        if (!isSeveral()) {
            return new Ticket(cores.get(0), wanted, null, 0);
        }
        Ticket ticket = place(wanted, 0, core -> true);
        if (ticket == null) {
            throw new IllegalStateException("the engine is closed, or all its replicas have failed");
        }
        return ticket;
    }

    /** On one of these replicas that is well, if there is one. */
    private @Nullable Ticket place(Router.Wanted wanted, int moves, Predicate<EngineCore> candidates) {
        Predicate<EngineCore> open = candidates.and(EngineCore::isOpen);
        Router.Placement placement =
                router.place(wanted, index -> open.and(EngineCore::isWell).test(cores.get(index)));
        if (placement == null) {
            placement = router.place(wanted, index -> open.test(cores.get(index)));
        }
        return placement == null ? null : new Ticket(cores.get(placement.replica()), wanted, placement, moves);
    }

    /** A task is about to be submitted. */
    void enter(RoutedTask task) {
        Ticket ticket = task.ticket();
        if (ticket != null && isSeveral()) {
            waiting(ticket.core()).add(task);
        }
    }

    private NavigableSet<RoutedTask> waiting(EngineCore core) {
        return waiting.get(core.index());
    }

    /** Removes a task from the queue; false when it was moved. */
    boolean claim(RoutedTask task) {
        Ticket ticket = task.ticket();
        return ticket == null || !isSeveral() || waiting(ticket.core()).remove(task);
    }

    /** A claimed task failed of which nothing was delivered: once it was computed it has one more try, before as many as there are replicas. */
    boolean moveOn(RoutedTask task, boolean admitted) {
        Ticket ticket = task.ticket();
        int most = admitted ? 1 : cores.size() - 1;
        if (closing || ticket == null || !isSeveral() || ticket.moves() >= most) {
            return false;
        }
        Ticket next = place(ticket.wanted(), ticket.moves() + 1, core -> core != ticket.core());
        if (next == null) {
            return false;
        }
        move(task, ticket, next);
        return true;
    }

    /** A task that the calling thread has taken. */
    private void move(RoutedTask task, Ticket from, Ticket to) {
        Engine owner = from.core().owner();
        RoutedTask moved;
        try {
            if (owner == null) {
                throw new IllegalStateException("nobody knows the engine any more");
            }
            moved = task.movedTo(to);
        } catch (Throwable e) {
            to.drop();
            task.fail(e);
            return;
        }
        from.drop();
        to.core().submit(owner, moved);
        task.movedOn();
    }

    /** An answer, a score or an embedding of a task ended. */
    void ended(RoutedTask task, FinishedRequest request) {
        Ticket ticket = task.ticket();
        if (ticket == null || !isSeveral()) {
            return;
        }
        ticket.left(1);
        if (ticket.wanted().maxTokens() > 0) {
            router.generated(request.usage().generatedTokens());
        }
        if (!closing) {
            fill(ticket.core());
        }
    }

    /** Gives a replica that has room what waits elsewhere. */
    private void fill(EngineCore to) {
        if (!to.isOpen() || !to.isWell() || !waiting(to).isEmpty()) {
            return;
        }
        for (EngineCore from : cores) {
            for (RoutedTask task : waiting(from)) {
                Ticket ticket = task.ticket();
                if (from == to
                        || ticket == null
                        || !isBehind(from)
                        || !router.hasRoom(to.index(), ticket.wanted().answers())) {
                    break;
                }
                take(task, ticket, core -> core == to);
            }
        }
    }

    private boolean isBehind(EngineCore core) {
        return router.isOverfull(core.index()) || core.meter().queued() > 0 || !core.isWell();
    }

    /** Moves a waiting task to one of these replicas, if one is well. */
    private void take(RoutedTask task, Ticket from, Predicate<EngineCore> candidates) {
        Ticket to = place(from.wanted(), from.moves(), candidates.and(EngineCore::isWell));
        if (to == null) {
            return;
        }
        if (!claim(task)) {
            to.drop();
            return;
        }
        for (int branch = 0; branch < from.wanted().answers(); branch++) {
            from.core().cancel(task, branch); // first: it may be about to compute it
        }
        move(task, from, to);
    }

    /** A replica hangs: what waits there is computed elsewhere, as far as others are well. */
    void hanging(EngineCore core) {
        for (RoutedTask task : waiting(core)) {
            Ticket ticket = task.ticket();
            if (ticket != null && !closing) {
                take(task, ticket, other -> other != core);
            }
        }
    }
}
