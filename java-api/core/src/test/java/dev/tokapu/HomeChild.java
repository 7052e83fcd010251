package dev.tokapu;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.source.ModelSource;
import java.nio.file.Path;

/** Loads a model that has to be extracted, in a process with a home of its own. */
final class HomeChild {

    private HomeChild() {}

    public static void main(String[] arguments) {
        System.clearProperty("tokapu.cache.dir");
        try (Model model = Model.load(ModelSource.zipEntry(Path.of(arguments[0]), "tiny.gguf"))) {
            System.out.println("loaded " + model.info().architecture());
        } catch (ModelLoadException e) {
            System.out.println(e.getMessage());
        }
    }
}
