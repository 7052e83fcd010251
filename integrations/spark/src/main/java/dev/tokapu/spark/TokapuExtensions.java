package dev.tokapu.spark;

import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.catalyst.expressions.ScalaUDF;
import org.apache.spark.sql.expressions.SparkUserDefinedFunction;
import scala.Function1;
import scala.Option;
import scala.Tuple3;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Tokapu's functions in every session of an application, without a line of code: {@code spark.sql.extensions=dev.tokapu.spark.TokapuExtensions}. Options
 * are in the session's configuration, when a query is analyzed: {@link TokapuSparkOptions#ofConfiguration}.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class TokapuExtensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {

    /** Spark makes one by its name. */
    public TokapuExtensions() {}

    /** {@inheritDoc} */
    @Override
    public BoxedUnit apply(SparkSessionExtensions extensions) {
        for (SqlFunction function : SqlFunction.values()) {
            Function1<Seq<Expression>, Expression> builder = arguments -> expression(function, arguments);
            extensions.injectFunction(new Tuple3<>(
                    new FunctionIdentifier(function.sqlName()),
                    new ExpressionInfo(TokapuExtensions.class.getName(), function.sqlName()),
                    builder));
        }
        return BoxedUnit.UNIT;
    }

    private static Expression expression(SqlFunction function, Seq<Expression> arguments) {
        if (arguments.size() != function.arguments()) {
            throw new IllegalArgumentException(function.sqlName() + " has " + function.arguments()
                    + " arguments, and was called with " + arguments.size());
        }
        Map<String, String> configuration =
                CollectionConverters.asJava(SparkSession.active().conf().getAll());
        var udf = (SparkUserDefinedFunction) function.function(TokapuSparkOptions.ofConfiguration(configuration), null);
        return new ScalaUDF(
                udf.f(),
                udf.dataType(),
                arguments,
                CollectionConverters.<Option<org.apache.spark.sql.catalyst.encoders.ExpressionEncoder<?>>>asScala(
                                java.util.List.of())
                        .toSeq(),
                Option.empty(),
                Option.apply(function.sqlName()),
                true,
                false);
    }
}
