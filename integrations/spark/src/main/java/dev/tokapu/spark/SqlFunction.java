package dev.tokapu.spark;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** The functions that SQL has. */
enum SqlFunction {
    GENERATE("tokapu_generate", 1, Operation.of(Operation.Kind.GENERATE)),
    ASK("tokapu_ask", 2, Operation.of(Operation.Kind.ASK_JSON)),
    EMBED("tokapu_embed", 1, Operation.of(Operation.Kind.EMBED)),
    RERANK("tokapu_rerank", 2, Operation.of(Operation.Kind.RANK));

    private final String sqlName;
    private final int arguments;

    @SuppressWarnings("ImmutableEnumChecker") // records of values
    private final Operation operation;

    SqlFunction(String sqlName, int arguments, Operation operation) {
        this.sqlName = sqlName;
        this.arguments = arguments;
        this.operation = operation;
    }

    String sqlName() {
        return sqlName;
    }

    int arguments() {
        return arguments;
    }

    /** {@return the function, which Spark neither computes twice nor moves: a row costs too much for that} */
    UserDefinedFunction function(TokapuSparkOptions options, @Nullable TokapuMetrics metrics) {
        RowUdf udf = new RowUdf(options, operation, metrics);
        StructType type = RowResult.type(operation.valueType());
        UserDefinedFunction function = arguments == 1
                ? functions.udf((UDF1<Object, Row>) udf::call, type)
                : functions.udf((UDF2<Object, Object, Row>) udf::call, type);
        return function.withName(sqlName).asNondeterministic();
    }
}
