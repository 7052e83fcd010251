package dev.tokapu;

import dev.tokapu.engine.Engine;
import dev.tokapu.hub.Hub;
import dev.tokapu.structured.StructuredType;
import java.util.Map;

class ApiRulesTest extends ApiRules {

    ApiRulesTest() {
        super(Map.of(
                "../core",
                Tokapu.class,
                "../structured",
                StructuredType.class,
                "../hub",
                Hub.class,
                "../engine",
                Engine.class));
    }
}
