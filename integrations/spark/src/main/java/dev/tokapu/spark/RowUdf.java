package dev.tokapu.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/** A function of SQL: one row at a time, so that as many are computed as the executor has tasks. */
final class RowUdf implements Serializable {

    private static final long serialVersionUID = 1L;

    private final TokapuSparkOptions options;
    private final Operation operation;
    private final @Nullable TokapuMetrics metrics;

    private transient @Nullable TaskContext task;
    private transient @Nullable TaskCalls calls;

    RowUdf(TokapuSparkOptions options, Operation operation, @Nullable TokapuMetrics metrics) {
        this.options = options;
        this.operation = operation;
        this.metrics = metrics;
    }

    /** {@return the result of a row; null where a text is} */
    @Nullable
    Row call(@Nullable Object... texts) {
        if (Arrays.stream(texts).anyMatch(Objects::isNull)) {
            return null;
        }
        TaskContext current = TaskContext.get();
        if (current == null) { // Spark computes rows that the query itself has on the driver
            try (TaskCalls once = TaskCalls.open(options, operation)) {
                return compute(once, texts);
            }
        }
        return compute(calls(current), texts);
    }

    @SuppressWarnings("ReferenceEquality") // of one attempt
    private TaskCalls calls(TaskContext current) {
        if (calls == null || task != current) {
            TaskCalls opened = TaskCalls.open(options, operation);
            current.addTaskCompletionListener((TaskCompletionListener) ended -> opened.close());
            calls = opened;
            task = current;
        }
        return calls;
    }

    private Row compute(TaskCalls with, @Nullable Object... texts) {
        List<String> all = Arrays.stream(texts).map(String::valueOf).toList();
        Row row = RowFactory.create(all.toArray());
        int[] inputs = {0, 1};
        RowWindow window = new RowWindow(
                Collections.singleton(row).iterator(), Arrays.copyOf(inputs, all.size()), 1, with, metrics);
        return window.next().getStruct(all.size());
    }
}
