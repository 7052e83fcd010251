package dev.tokapu.spark;

import dev.tokapu.engine.RequestRejectedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a partition with their results, in order: some are computed at a time, and one more is begun whenever the first of them is taken.
 *
 * <p>Thread safety: confined to the thread of its task, which also runs the listeners of its end.
 */
final class RowWindow implements Iterator<Row>, AutoCloseable {

    private final Iterator<Row> rows;
    private final int[] inputs;
    private final TaskCalls calls;
    private final @Nullable TokapuMetrics metrics;
    private final int size;
    private final Deque<Begun> begun = new ArrayDeque<>();

    /** A row, and what is computed of it; null for a row with a null, which has no result. */
    private record Begun(Row row, @Nullable RowCall call, long from, CompletableFuture<Long> to) {

        static Begun now(Row row, @Nullable RowCall call) {
            CompletableFuture<Long> to = call == null
                    ? CompletableFuture.completedFuture(0L)
                    : call.end().handle((result, failure) -> System.nanoTime());
            return new Begun(row, call, System.nanoTime(), to);
        }

        long millis() {
            return Math.max(0, TimeUnit.NANOSECONDS.toMillis(to.join() - from));
        }
    }

    /**
     * A window.
     *
     * @param inputs the places of the texts in a row
     * @param size how many rows are begun at most
     */
    RowWindow(Iterator<Row> rows, int[] inputs, int size, TaskCalls calls, @Nullable TokapuMetrics metrics) {
        this.rows = rows;
        this.inputs = inputs.clone();
        this.size = size;
        this.calls = calls;
        this.metrics = metrics;
    }

    @Override
    public boolean hasNext() {
        fill();
        if (begun.isEmpty()) {
            close();
            return false;
        }
        return true;
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Begun first = begun.getFirst();
        Row result;
        try {
            result = first.call() == null ? null : result(first, first.call());
        } catch (Throwable e) {
            cancel(); // nobody asks for them any more
            throw e;
        }
        begun.removeFirst();
        fill(); // while the caller is busy with this row
        return extended(first.row(), result);
    }

    private void fill() {
        while (begun.size() < size && rows.hasNext()) {
            Row row = rows.next();
            String[] texts = texts(row);
            begun.addLast(Begun.now(row, texts == null ? null : begin(texts)));
        }
    }

    private String @Nullable [] texts(Row row) {
        String[] texts = new String[inputs.length];
        for (int i = 0; i < texts.length; i++) {
            if (row.isNullAt(inputs[i])) {
                return null;
            }
            texts[i] = row.getString(inputs[i]);
        }
        return texts;
    }

    private RowCall begin(String... texts) {
        while (true) {
            try {
                return calls.begin(texts);
            } catch (RequestRejectedException e) {
                calls.pause(e.retryAfter()); // others fill the queue
            } catch (RuntimeException e) {
                return RowCall.ended(Failures.ofRow(e, calls.engine()));
            }
        }
    }

    private Row result(Begun first, RowCall call) {
        RowResult result;
        try {
            calls.await(call.end());
            result = call.result();
        } catch (ExecutionException e) {
            result = Failures.ofRow(Objects.requireNonNullElse(e.getCause(), e), calls.engine());
        }
        if (metrics != null) {
            metrics.add(result);
        }
        return result.row(first.millis());
    }

    private static Row extended(Row row, @Nullable Row result) {
        @Nullable Object[] values = new @Nullable Object[row.size() + 1];
        for (int i = 0; i < row.size(); i++) {
            values[i] = row.get(i);
        }
        values[row.size()] = result;
        return RowFactory.create(values);
    }

    /** Ends what is computed, and gives back the engine. Idempotent. */
    @Override
    public void close() {
        cancel();
        calls.close();
    }

    private void cancel() {
        begun.forEach(one -> {
            if (one.call() != null) {
                one.call().cancel();
            }
        });
        begun.clear();
    }
}
