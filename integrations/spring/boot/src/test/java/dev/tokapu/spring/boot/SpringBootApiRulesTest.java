package dev.tokapu.spring.boot;

import dev.tokapu.ApiRules;
import dev.tokapu.Tokapu;
import dev.tokapu.engine.Engine;
import dev.tokapu.spring.ai.TokapuChatModel;
import java.util.Map;

class SpringBootApiRulesTest extends ApiRules {

    SpringBootApiRulesTest() {
        super(Map.of(
                "../../../java-api/core",
                Tokapu.class,
                "../../../java-api/engine",
                Engine.class,
                "../ai",
                TokapuChatModel.class,
                "../boot",
                TokapuChatAutoConfiguration.class));
    }
}
