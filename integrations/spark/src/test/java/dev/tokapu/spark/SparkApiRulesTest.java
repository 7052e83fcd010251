package dev.tokapu.spark;

import dev.tokapu.ApiRules;
import dev.tokapu.Tokapu;
import dev.tokapu.engine.Engine;
import java.util.Map;

class SparkApiRulesTest extends ApiRules {

    SparkApiRulesTest() {
        super(Map.of(
                "../../java-api/core",
                Tokapu.class,
                "../../java-api/engine",
                Engine.class,
                "../spark",
                TokapuSpark.class));
    }
}
