package dev.tokapu.langchain4j;

import dev.tokapu.ApiRules;
import dev.tokapu.Tokapu;
import dev.tokapu.engine.Engine;
import java.util.Map;

class LangChainApiRulesTest extends ApiRules {

    LangChainApiRulesTest() {
        super(Map.of(
                "../../java-api/core",
                Tokapu.class,
                "../../java-api/engine",
                Engine.class,
                "../langchain4j",
                TokapuChatModel.class));
    }
}
