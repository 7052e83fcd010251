package dev.tokapu.mcp;

import dev.tokapu.ApiRules;
import dev.tokapu.Tokapu;
import dev.tokapu.engine.Engine;
import java.util.Map;

class McpApiRulesTest extends ApiRules {

    McpApiRulesTest() {
        super(Map.of(
                "../../java-api/core", Tokapu.class, "../../java-api/engine", Engine.class, "../mcp", McpClient.class));
    }
}
