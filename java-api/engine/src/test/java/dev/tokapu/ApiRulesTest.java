package dev.tokapu;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.tokapu.engine.Engine;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.structured.StructuredType;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ApiRulesTest {

    /** The modules, each by one of its classes and its folder. */
    private static final Map<String, Class<?>> MODULES =
            Map.of("core", Tokapu.class, "structured", StructuredType.class, "engine", Engine.class);

    /** Without the validator, which is in the jar of structured under another name. */
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/structured/networknt/"))
            .importUrls(MODULES.values().stream().map(ApiRulesTest::location).toList());

    private static final Set<String> EXPORTED = exportedPackages();
    private static final int MOST_PUBLIC_TYPES = 40;

    private static boolean isOfThisModule(JavaClass type) {
        return CLASSES.contain(type.getName());
    }

    @Test
    void layers_packages_haveNoCycles() {
        slices().matching("dev.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void layers_packages_haveOneTopic() {
        Map<String, Long> counts = CLASSES.stream()
                .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(counts)
                .allSatisfy((name, count) ->
                        assertThat(count).as("public types of %s", name).isLessThanOrEqualTo(MOST_PUBLIC_TYPES));
    }

    @Test
    void layers_api_dependsDownwardsOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.tokapu.ffm..",
                        "dev.tokapu.jni..",
                        "dev.tokapu.raw..",
                        "dev.tokapu.cli..",
                        "dev.tokapu.testsupport..",
                        "java.lang.foreign..",
                        "org.bytedeco..")
                .check(CLASSES);
    }

    @Test
    void layers_signatures_showNoInternals() {
        List<String> leaks = CLASSES.stream()
                .filter(type -> !isInternal(type) && type.getModifiers().contains(JavaModifier.PUBLIC))
                .flatMap(type -> type.getCodeUnits().stream())
                .filter(unit -> unit.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(unit -> Stream.concat(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream())
                        .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                        .anyMatch(type -> isInternal(type) || isHidden(type)))
                .map(JavaCodeUnit::getFullName)
                .toList();
        assertThat(leaks).isEmpty();
    }

    /** Of ours, but not for users: they could get one and not name it. */
    private static boolean isHidden(JavaClass type) {
        return isOfThisModule(type) && !type.getModifiers().contains(JavaModifier.PUBLIC);
    }

    private static boolean isInternal(JavaClass type) {
        return (isOfThisModule(type) && !EXPORTED.contains(type.getPackageName()))
                || type.getPackageName().startsWith("dev.tokapu.spi");
    }

    private static URL location(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    private static Set<String> exportedPackages() {
        return MODULES.values().stream()
                .flatMap(type -> descriptor(type).exports().stream())
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
    }

    private static ModuleDescriptor descriptor(Class<?> type) {
        Path place = Path.of(URI.create(location(type).toString()));
        return ModuleFinder.of(place).findAll().iterator().next().descriptor();
    }

    @Test
    void docs_publicTypes_sayWhichThreadsMayUseThemAndSinceWhen() throws IOException {
        Map<Path, List<JavaClass>> files = CLASSES.stream()
                .filter(type -> !isInternal(type) && isReachable(type))
                .collect(Collectors.groupingBy(ApiRulesTest::file));
        assertThat(files).hasSizeGreaterThan(100);
        for (Map.Entry<Path, List<JavaClass>> file : files.entrySet()) {
            String source = Files.readString(file.getKey());
            assertThat(source.split("@since ", -1).length - 1)
                    .as("@since in %s, which has %s", file.getKey(), file.getValue())
                    .isGreaterThanOrEqualTo(file.getValue().size());
            boolean isException = file.getValue().stream().allMatch(type -> type.isAssignableTo(TokapuException.class));
            assertThat(isException || source.contains("Thread safety: "))
                    .as("thread safety in %s", file.getKey())
                    .isTrue();
        }
    }

    private static boolean isReachable(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(ApiRulesTest::isReachable).orElse(true);
    }

    private static Path file(JavaClass type) {
        Path file = Path.of(type.getPackageName().replace('.', '/'))
                .resolve(type.getSource().orElseThrow().getFileName().orElseThrow());
        return MODULES.keySet().stream()
                .map(module -> Path.of("..", module, "src/main/java").resolve(file))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no module has " + file));
    }

    @Test
    void coding_standardStreams_areNotUsed() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
    }

    @Test
    void coding_javaUtilLogging_isNotUsed() {
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(CLASSES);
    }

    @Test
    void coding_genericExceptions_areNotThrown() {
        noClasses()
                .should()
                .callConstructor(RuntimeException.class, String.class)
                .orShould()
                .callConstructor(Exception.class, String.class)
                .orShould()
                .callConstructor(Error.class, String.class)
                .orShould()
                .callConstructor(RuntimeException.class)
                .check(CLASSES.that(DescribedPredicate.describe(
                        "other than the root exception",
                        type -> !type.getSimpleName().equals("TokapuException"))));
    }

    @Test
    void exceptions_own_haveOneRoot() {
        classes()
                .that()
                .areAssignableTo(RuntimeException.class)
                .should()
                .beAssignableTo(TokapuException.class)
                .check(CLASSES);
    }
}
