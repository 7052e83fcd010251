package dev.tokapu.kotlin

import dev.tokapu.ApiRules
import dev.tokapu.Tokapu
import dev.tokapu.engine.Engine

class KotlinApiRulesTest :
    ApiRules(
        mapOf(
            "../../java-api/core" to Tokapu::class.java,
            "../../java-api/engine" to Engine::class.java,
            "../kotlin" to SerializableType::class.java,
        ),
    )
