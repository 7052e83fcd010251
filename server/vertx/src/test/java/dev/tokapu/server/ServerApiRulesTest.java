package dev.tokapu.server;

import dev.tokapu.ApiRules;
import dev.tokapu.Tokapu;
import dev.tokapu.engine.Engine;
import dev.tokapu.server.http.Exchange;
import dev.tokapu.structured.StructuredType;
import java.util.Map;

class ServerApiRulesTest extends ApiRules {

    ServerApiRulesTest() {
        super(Map.of(
                "../../java-api/core",
                Tokapu.class,
                "../../java-api/structured",
                StructuredType.class,
                "../../java-api/engine",
                Engine.class,
                "../protocol",
                Exchange.class,
                "../vertx",
                Server.class));
    }
}
