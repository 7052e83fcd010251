"""What Tokapu's functions of SQL do in a session, whatever kind of session that is."""

SCHEMA = '{"type": "object", "properties": {"good": {"type": "boolean"}}, "required": ["good"]}'
TOO_LONG = "much too long " * 1000


def check(spark):
    """Answers and errors of four rows, which may not depend on what the model says."""
    rows = [(0, "Hello"), (1, TOO_LONG), (2, None), (3, "Good bye")]
    prompts = spark.createDataFrame(rows, "id INT, prompt STRING").repartition(2)  # to executors
    answers = prompts.selectExpr("id", "tokapu_generate(prompt) AS answer")
    assert answers.schema["answer"].dataType.fieldNames() == ["text", "value", "finishReason", "tokens", "millis", "error"]
    rows = {row.id: row.answer for row in answers.collect()}
    assert rows[0].error is None and rows[3].error is None, rows
    assert rows[0].finishReason in ("STOP_TOKEN", "MAX_TOKENS"), rows
    assert rows[0].tokens.prompt > 0 and rows[0].tokens.generated > 0, rows
    assert rows[1].text is None and rows[1].error.kind == "PROMPT_TOO_LONG", rows
    assert rows[2] is None, rows

    asked = prompts.where("id = 0").selectExpr(f"tokapu_ask(prompt, '{SCHEMA}') AS answer")
    value = asked.selectExpr("answer.error", "from_json(answer.value, 'good BOOLEAN').good AS good").first()
    assert value.error is None and value.good in (True, False), value
    refused = prompts.where("id = 0").selectExpr("tokapu_ask(prompt, '{') AS answer").first().answer
    assert refused.error.kind == "INVALID_SCHEMA", refused

    spark.sql("SET spark.tokapu.pooling=mean")
    vector = prompts.where("id = 0").selectExpr("tokapu_embed(prompt) AS vector").first().vector
    assert abs(sum(x * x for x in vector.value) - 1) < 0.01, vector
    spark.sql("RESET spark.tokapu.pooling")
