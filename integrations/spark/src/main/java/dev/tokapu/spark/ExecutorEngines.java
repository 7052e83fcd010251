package dev.tokapu.spark;

import dev.tokapu.AdaptiveThreads;
import dev.tokapu.ContextOptions;
import dev.tokapu.Fit;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.Pooling;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import java.time.Duration;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engines of this JVM, which is an executor's or, in local mode, the driver's: one for each {@link EngineKey}, shared by all tasks, and the models
 * that they share in turn. What is open when the JVM ends is closed then.
 *
 * <p>Thread safety: safe.
 */
final class ExecutorEngines {

    private static final Logger LOG = LoggerFactory.getLogger(ExecutorEngines.class);
    private static final int TASKS_NEVER_FILL = 1_000_000; // rows that wait: the windows of all tasks
    private static final int REPRODUCIBLE_BATCH = 63; // from 64 tokens on other kernels compute a prompt
    private static final int DEFAULT_CONTEXT = 4096;

    private static final SharedPool<EngineKey.ModelKey, Model> MODELS =
            new SharedPool<>(ExecutorEngines::load, model -> !model.isClosed());
    private static final SharedPool<EngineKey, Served> ENGINES =
            new SharedPool<>(ExecutorEngines::start, served -> served.engine().isOpen());

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ExecutorEngines::closeAll, "tokapu-spark-shutdown"));
    }

    private ExecutorEngines() {}

    /** An engine and the use of its model. */
    record Served(Engine engine, SharedPool.Lease<Model> model) implements AutoCloseable {

        @Override
        public void close() {
            try {
                engine.close();
            } finally {
                model.close();
            }
        }
    }

    static SharedPool.Lease<Served> acquire(EngineKey key, Duration idle) {
        return ENGINES.acquire(key, idle);
    }

    private static Model load(EngineKey.ModelKey key) {
        return Model.load(ModelNames.source(key.name()), options(key));
    }

    private static ModelOptions options(EngineKey.ModelKey key) {
        ModelOptions.Builder options = ModelOptions.builder();
        if (key.gpuLayers() >= 0) {
            options.gpuLayers(key.gpuLayers());
        }
        return options.build();
    }

    private static Served start(EngineKey key) {
        SharedPool.Lease<Model> model = MODELS.acquire(key.model(), Duration.ZERO);
        try {
            ExecutorLimits limits = ExecutorLimits.now();
            Engine engine = Engine.start(model.value(), engineOptions(key, model.value(), limits));
            LOG.info("{} started on this executor with {}", engine, engine.options());
            return new Served(engine, model);
        } catch (Throwable e) {
            model.close();
            throw e;
        }
    }

    private static EngineOptions engineOptions(EngineKey key, Model model, ExecutorLimits limits) {
        ContextOptions context = context(key, limits).build();
        int size = key.contextSize() == 0
                ? Math.min(DEFAULT_CONTEXT, Math.max(1, model.info().trainedContextSize()))
                : key.contextSize();
        int sequences = limits.memory()
                .sequences(
                        key.model().name(),
                        key.maxSequences(),
                        count -> needed(
                                key,
                                context.toBuilder().contextSize(count * size).build()));
        return EngineOptions.builder()
                .context(context)
                .maxSequences(sequences)
                .sequenceContextSize(key.contextSize())
                .queueCapacity(TASKS_NEVER_FILL)
                .build();
    }

    private static ContextOptions.Builder context(EngineKey key, ExecutorLimits limits) {
        ContextOptions.Builder context = ContextOptions.builder();
        if (key.reproducible()) {
            context.threads(1).batchThreads(1);
            if (key.purpose() == Operation.Purpose.GENERATE) {
                context.microBatchSize(REPRODUCIBLE_BATCH);
            }
        } else if (key.threads() > 0) {
            context.threads(key.threads()).batchThreads(key.threads());
        } else if (limits.cores() > 0) {
            int threads = Math.min(limits.cores(), ContextOptions.defaults().threads());
            context.threads(threads).batchThreads(threads).adaptiveThreads(AdaptiveThreads.AUTO);
        }
        return switch (key.purpose()) {
            case GENERATE -> context;
            case EMBED -> context.embeddings(true).pooling(key.pooling() == null ? Pooling.UNSPECIFIED : key.pooling());
            case RANK -> context.embeddings(true).pooling(Pooling.RANK);
        };
    }

    /** Outside the heap, without weights that are mapped: the kernel can drop those. */
    private static long needed(EngineKey key, ContextOptions context) {
        return hostBytes(key, context, row -> row.kv() + row.compute());
    }

    /** {@return the bytes outside the heap of an executor that generates, weights included} */
    static long bytes(TokapuSparkOptions options) {
        EngineKey key = EngineKey.of(options, Operation.Purpose.GENERATE);
        int size = key.contextSize() == 0 ? DEFAULT_CONTEXT : key.contextSize();
        ContextOptions context = context(key, new ExecutorLimits(0, MemoryBudget.UNKNOWN))
                .contextSize(key.maxSequences() * size)
                .build();
        return hostBytes(key, context, MemoryReport.Row::total);
    }

    private static long hostBytes(EngineKey key, ContextOptions context, ToLongFunction<MemoryReport.Row> bytes) {
        return Fit.estimate(ModelNames.source(key.model().name()), options(key.model()), context).rows().stream()
                .filter(row -> row.device() == null)
                .mapToLong(bytes)
                .sum();
    }

    static void closeIdle() {
        ENGINES.closeIdle();
    }

    /** {@return engines and models that are open} */
    static int open() {
        return ENGINES.size() + MODELS.size();
    }

    private static void closeAll() {
        ENGINES.closeAll();
        MODELS.closeAll();
    }
}
