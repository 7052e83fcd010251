package dev.tokapu.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.catalog.AbstractModelCatalogIT;
import dev.langchain4j.model.catalog.ModelCatalog;
import org.junit.jupiter.api.extension.RegisterExtension;

/** LangChain4j's own tests of a catalog. */
class ModelCatalogIT extends AbstractModelCatalogIT {

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine();

    @Override
    protected ModelCatalog createModelCatalog() {
        return SCRIPTED.catalog();
    }

    @Override
    protected ModelProvider expectedProvider() {
        return ModelProvider.OTHER;
    }
}
