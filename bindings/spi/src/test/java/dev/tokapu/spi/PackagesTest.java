package dev.tokapu.spi;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class PackagesTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(NativeApi.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void packages_haveNoCycles() {
        slices().matching("dev.tokapu.(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
