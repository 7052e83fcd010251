package dev.tokapu.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.catalog.AbstractModelCatalogIT;
import dev.langchain4j.model.catalog.ModelCatalog;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** LangChain4j's own tests of a catalog. */
class ModelCatalogIT extends AbstractModelCatalogIT {

    private static ScriptedEngine scripted;

    @BeforeAll
    static void start() {
        scripted = new ScriptedEngine();
    }

    @AfterAll
    static void close() {
        scripted.close();
    }

    @Override
    protected ModelCatalog createModelCatalog() {
        return scripted.catalog();
    }

    @Override
    protected ModelProvider expectedProvider() {
        return ModelProvider.OTHER;
    }
}
