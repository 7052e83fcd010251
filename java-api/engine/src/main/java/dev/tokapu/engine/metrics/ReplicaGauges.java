package dev.tokapu.engine.metrics;

import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineReplica;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Gauges of the replicas of an engine, where there are several. */
final class ReplicaGauges {

    private final Engine engine;
    private final Tags tags;
    private final MeterRegistry registry;
    private final List<Gauge> gauges = new ArrayList<>();

    private ReplicaGauges(Engine engine, Tags tags, MeterRegistry registry) {
        this.engine = engine;
        this.tags = tags;
        this.registry = registry;
    }

    static List<Gauge> of(Engine engine, Tags tags, MeterRegistry registry) {
        ReplicaGauges made = new ReplicaGauges(engine, tags, registry);
        int replicas = engine.replicas().size();
        for (int i = 0; replicas > 1 && i < replicas; i++) {
            made.add(i, "serving", "1 when it gets requests", ReplicaGauges::serving);
            made.add(
                    i,
                    "waiting",
                    "requests that wait",
                    replica -> replica.snapshot().waiting());
            made.add(
                    i,
                    "running",
                    "requests that run",
                    replica -> replica.snapshot().running());
            made.add(
                    i,
                    "kv.reserved",
                    "reserved tokens",
                    replica -> replica.snapshot().reservedTokens());
        }
        return made.gauges;
    }

    private static double serving(EngineReplica replica) {
        return replica.state() == EngineReplica.State.SERVING ? 1 : 0;
    }

    private void add(int index, String name, String description, ToDoubleFunction<EngineReplica> value) {
        ToDoubleFunction<Engine> reading =
                read -> value.applyAsDouble(read.replicas().get(index));
        gauges.add(Gauge.builder("tokapu.engine.replica." + name, engine, reading)
                .description("of a replica: " + description)
                .tags(tags.and("replica", Integer.toString(index)))
                .register(registry));
    }
}
