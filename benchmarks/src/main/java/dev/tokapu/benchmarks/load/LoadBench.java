package dev.tokapu.benchmarks.load;

import dev.tokapu.cli.load.Arrivals;
import dev.tokapu.cli.load.Clock;
import dev.tokapu.cli.load.LoadGenerator;
import dev.tokapu.cli.load.LoadRequest;
import dev.tokapu.cli.load.Result;
import dev.tokapu.cli.load.Target;
import dev.tokapu.cli.load.Workload;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;

/**
 * Loads a server with many requests, one load after the other, and tells what its users would feel. A table goes to standard error,
 * one line of JSON for each load to a file or to standard output; {@code benchmarks/run.py serve} uses it.
 */
public final class LoadBench {

    /** The seed of the warm-up, whose requests differ from the measured ones. */
    private static final int WARM_UP_SALT = 1;

    private static final int MEASURED_SALT = 2;

    private LoadBench() {}

    /**
     * Runs it.
     *
     * @param args see {@code LoadOptions.USAGE}; none prints it
     * @throws IOException if the results cannot be written
     */
    public static void main(String[] args) throws IOException {
        LoadOptions options;
        try {
            options = LoadOptions.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(64);
            return;
        }
        StringJoiner lines = new StringJoiner("\n", "", "\n");
        boolean complete = true;
        try (Target target = open(options)) {
            for (Arrivals point : options.points()) {
                Result result = load(target, options, point);
                lines.add(LoadReport.json(options, point, options.requestsOf(point), result, target.details()));
                System.err.println(LoadReport.table(point, result));
                complete &= result.completed() > 0;
            }
        }
        if (options.output().isEmpty()) {
            System.out.print(lines);
        } else {
            Files.writeString(Path.of(options.output()), lines.toString());
        }
        System.exit(complete ? 0 : 1);
    }

    private static Target open(LoadOptions options) {
        if (options.target().equals(LoadOptions.ENGINE)) {
            return new EngineTarget(options.engine(), false);
        }
        return new HttpTarget(URI.create(options.target()), options.model());
    }

    private static Result load(Target target, LoadOptions options, Arrivals point) {
        LoadGenerator generator = new LoadGenerator(target, Clock.SYSTEM, options.goal(), options.timeoutSeconds());
        Workload workload = options.workload();
        generator.run(workload.requests(options.warmUpOf(point), WARM_UP_SALT), warmUp(point), workload.seed());
        List<LoadRequest> requests = workload.requests(options.requestsOf(point), MEASURED_SALT);
        return generator.run(requests, point, workload.seed());
    }

    /** As many at once as in a closed load; an open load is warmed up by one after the other. */
    private static Arrivals warmUp(Arrivals point) {
        return point instanceof Arrivals.Closed ? point : new Arrivals.Closed(1);
    }
}
