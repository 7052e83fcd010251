"""What a client of Spark Connect in Python does with Tokapu's functions of SQL: connect.py URL MODEL. Ends with an error where it fails."""

import sys

import sql_functions

url, model = sys.argv[1:]

# @start region="session"
from pyspark.sql import SparkSession

spark = SparkSession.builder.remote(url).getOrCreate()
spark.conf.set("spark.tokapu.model", model)
spark.conf.set("spark.tokapu.contextSize", "1024")
spark.conf.set("spark.tokapu.maxTokens", "60")
# @end
assert type(spark).__module__ == "pyspark.sql.connect.session"
sql_functions.check(spark)

# Another session has options of its own.
other = SparkSession.builder.remote(url).create()
try:
    other.sql("SELECT tokapu_generate('Hello')").collect()
    raise AssertionError("a session without a model has an answer")
except Exception as e:
    assert "spark.tokapu.model is not set" in str(e), e
other.conf.set("spark.tokapu.model", model)
other.conf.set("spark.tokapu.contextSize", "1024")
other.conf.set("spark.tokapu.maxTokens", "1")
prompts = other.createDataFrame([("Hello",)], "prompt STRING").repartition(1)
answer = prompts.selectExpr("tokapu_generate(prompt) AS answer").first().answer
assert answer.tokens.generated == 1 and answer.error is None, answer

print("all of it works")
other.stop()
spark.stop()
