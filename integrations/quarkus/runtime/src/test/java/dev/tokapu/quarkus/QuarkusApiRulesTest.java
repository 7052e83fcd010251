package dev.tokapu.quarkus;

import dev.tokapu.ApiRules;
import dev.tokapu.Tokapu;
import dev.tokapu.engine.Engine;
import dev.tokapu.langchain4j.TokapuChatModel;
import java.util.Map;

class QuarkusApiRulesTest extends ApiRules {

    QuarkusApiRulesTest() {
        super(Map.of(
                "../../../java-api/core",
                Tokapu.class,
                "../../../java-api/engine",
                Engine.class,
                "../../langchain4j",
                TokapuChatModel.class,
                "../runtime",
                TokapuRecorder.class));
    }
}
