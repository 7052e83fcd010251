package dev.tokapu.cli;

import dev.tokapu.cli.load.Arrivals;
import dev.tokapu.cli.load.Clock;
import dev.tokapu.cli.load.Goal;
import dev.tokapu.cli.load.LoadGenerator;
import dev.tokapu.cli.load.Range;
import dev.tokapu.cli.load.Result;
import dev.tokapu.cli.load.ServerTarget;
import dev.tokapu.cli.load.Workload;
import java.net.URI;

/** Loads a server and shows what its users feel. */
final class ServerBench {

    /** The seed of the warm-up, whose requests differ from the measured ones. */
    private static final int WARM_UP_SALT = 1;

    private static final int MEASURED_SALT = 2;

    private final Console console;
    private final LoadArgs args;
    private final boolean json;
    private final boolean quiet;

    ServerBench(Console console, LoadArgs args, boolean json, boolean quiet) {
        this.console = console;
        this.args = args;
        this.json = json;
        this.quiet = quiet;
    }

    int run(int promptTokens, int outputTokens) {
        ContextArgs.atLeastOne("--prompt", promptTokens);
        ContextArgs.atLeastOne("--gen", outputTokens);
        URI server = args.server();
        Arrivals arrivals = args.arrivals();
        int requests = args.requests();
        int warmUp = args.warmUp();
        int timeout = args.timeout();
        Goal goal = args.goal();
        boolean chat = args.chat();
        String key = args.key(System::getenv);
        MeasuredServer measured = MeasuredServer.ask(server, key, args.name);
        ServerTarget.Settings settings = new ServerTarget.Settings(
                server, measured.model(), key, chat, args.ignoreEos(measured.knowsIgnoreEos()));
        Workload workload = Workload.random(
                new Range(promptTokens, promptTokens),
                new Range(outputTokens, outputTokens),
                ServerTarget.VOCABULARY,
                args.seed);
        LoadSummary summary = new LoadSummary(settings, arrivals, workload, requests);
        try (ServerTarget target = new ServerTarget(settings)) {
            LoadGenerator generator = new LoadGenerator(target, Clock.SYSTEM, goal, timeout);
            // Ctrl-C interrupts this thread: the load ends, and what there is so far is printed before the program
            // ends.
            return new Interrupt().guard(Thread.currentThread()::interrupt, () -> {
                if (warmUp > 0 && !warmUp(generator, workload, warmUp, server)) {
                    return ExitCode.INTERRUPTED;
                }
                if (!quiet) {
                    console.note(summary.title());
                }
                return show(
                        generator.run(workload.requests(requests, MEASURED_SALT), arrivals, args.seed),
                        summary,
                        server);
            });
        }
    }

    /** False where it was interrupted. */
    private boolean warmUp(LoadGenerator generator, Workload workload, int count, URI server) {
        Result result = generator.run(workload.requests(count, WARM_UP_SALT), new Arrivals.Closed(1), args.seed);
        if (Thread.interrupted()) {
            return false;
        }
        refuseNothing(result, server);
        return true;
    }

    private int show(Result result, LoadSummary summary, URI server) {
        boolean interrupted = Thread.interrupted();
        console.print(json ? summary.json(result) + '\n' : summary.text(result));
        if (interrupted) {
            console.note("Interrupted: this is what there was so far.");
            return ExitCode.INTERRUPTED;
        }
        refuseNothing(result, server);
        return ExitCode.OK;
    }

    /** Without a single answer there is nothing to show. */
    private static void refuseNothing(Result result, URI server) {
        if (result.completed() == 0) {
            throw MeasuredServer.failure(
                    server,
                    result.failures().isEmpty()
                            ? "it refused all requests because it has too much to do"
                            : result.failures().keySet().iterator().next());
        }
    }
}
