package dev.tokapu.spark;

import dev.tokapu.source.ModelSource;
import java.net.URI;
import java.nio.file.Path;
import org.apache.spark.SparkFiles;

/** Models by the names that options have, on the machine that loads them. */
final class ModelNames {

    private static final String SPARK_FILES = "sparkfiles:";
    private static final String CLASS_PATH = "classpath:";
    private static final String FILE = "file:";

    private ModelNames() {}

    static ModelSource source(String name) {
        if (name.startsWith(SPARK_FILES)) {
            return ModelSource.file(Path.of(SparkFiles.get(name.substring(SPARK_FILES.length()))));
        }
        if (name.startsWith(CLASS_PATH)) {
            return ModelSource.resource(name.substring(CLASS_PATH.length()).replaceFirst("^/+", ""));
        }
        return name.startsWith(FILE) ? ModelSource.file(Path.of(URI.create(name))) : ModelSource.of(name);
    }
}
