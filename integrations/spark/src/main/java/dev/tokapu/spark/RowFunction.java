package dev.tokapu.spark;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * Adds a column to the rows of a partition, on the engine of the executor.
 *
 * @param inputs the places of the texts in a row
 */
record RowFunction(
        TokapuSparkOptions options,
        Operation operation,
        List<Integer> inputs,
        @Nullable TokapuMetrics metrics) implements MapPartitionsFunction<Row, Row> {

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        if (!rows.hasNext()) {
            return Collections.emptyIterator(); // needs no engine
        }
        TaskCalls calls = TaskCalls.open(options, operation);
        int[] places = inputs.stream().mapToInt(Integer::intValue).toArray();
        RowWindow window = new RowWindow(rows, places, options.window(), calls, metrics);
        TaskContext task = TaskContext.get();
        if (task != null) {
            // Also when the task fails, is killed, or wants no further rows.
            task.addTaskCompletionListener((TaskCompletionListener) ended -> window.close());
        }
        return window;
    }
}
