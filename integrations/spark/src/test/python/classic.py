"""What PySpark does with Tokapu, in a session of its own: classic.py JARS MODEL. Ends with an error where it fails."""

import sys

import sql_functions

jars, model = sys.argv[1:]

# @start region="session"
from pyspark.sql import DataFrame, SparkSession

spark = (
    SparkSession.builder.config("spark.jars", jars)  # Tokapu's, separated by commas
    .config("spark.sql.extensions", "dev.tokapu.spark.TokapuExtensions")
    .config("spark.tokapu.model", model)
    .config("spark.tokapu.contextSize", 1024)
    .config("spark.tokapu.maxTokens", 60)
    .getOrCreate()
)
# @end

sql_functions.check(spark)
mails = spark.createDataFrame([(0, "Hello"), (1, sql_functions.TOO_LONG), (2, "Good bye")], "id INT, body STRING")

# @start region="sql"
answers = mails.selectExpr("id", "tokapu_generate(concat('Summarize: ', body)) AS answer").cache()
answers.where("answer.error IS NULL").select("id", "answer.text").show()
answers.where("answer.error IS NOT NULL").select("id", "answer.error.kind", "answer.error.message").show()
# @end
assert answers.where("answer.error IS NOT NULL").select("id", "answer.error.kind").collect() == [(1, "PROMPT_TOO_LONG")]

# @start region="methods"
tokapu = spark._jvm.dev.tokapu.spark
options = tokapu.TokapuSparkOptions.builder(model).contextSize(1024).maxTokens(60).build()
metrics = tokapu.TokapuMetrics.of(spark._jsparkSession)
column = tokapu.TokapuSpark.of(options).withMetrics(metrics)
answered = DataFrame(column.generate(mails._jdf, "body", "answer"), spark)
# @end
rows = answered.collect()
assert [row.id for row in rows] == [0, 1, 2]
assert [row.answer.error and row.answer.error.kind for row in rows] == [None, "PROMPT_TOO_LONG", None]
assert metrics.requests() == 3 and metrics.errors() == 1, metrics.toString()

same = options.toBuilder().reproducible(True).build()
spark.sql("SET spark.tokapu.reproducible=true")
of_method = DataFrame(tokapu.TokapuSpark.of(same).generate(mails._jdf, "body", "answer"), spark)
of_function = mails.selectExpr("id", "tokapu_generate(body) AS answer")
assert of_method.select("id", "answer.text").collect() == of_function.select("id", "answer.text").collect()
schema = tokapu.AnswerSchema.ofJson(sql_functions.SCHEMA)
typed = DataFrame(tokapu.TokapuSpark.of(options).ask(mails._jdf, "body", schema, "answer"), spark)
assert typed.where("id = 0").select("answer.value.good").first().good in (True, False)

print("all of it works")
spark.stop()
