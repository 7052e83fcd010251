package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tokapu.testsupport.ChildJvm;
import dev.tokapu.testsupport.LoraWriter;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.ZipFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes in locales with other digits, and without the letters of the paths that they are given. */
class LocaleIT {

    private static final String ALL = "ok header\nok split\nok adapter\nok parts\nok jar\nok saved\ndone\n";

    @TempDir
    Path folder;

    private static void shell(String script, Path... arguments) throws IOException, InterruptedException {
        String[] command = new String[4 + arguments.length];
        System.arraycopy(new String[] {"sh", "-ec", script, "sh"}, 0, command, 0, 4);
        for (int i = 0; i < arguments.length; i++) {
            command[4 + i] = arguments[i].toString();
        }
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    /** A folder with models, whose name is bytes that this process may not be able to write either. */
    private Path models(String octal) throws IOException, InterruptedException {
        Path plain = Files.createDirectory(folder.resolve("plain"));
        TinyGguf.builder().build().writeSplit(plain, 3);
        Files.copy(TestModels.tinyFile(), plain.resolve("lone.gguf"));
        Files.write(plain.resolve("lora.gguf"), LoraWriter.ofTiny(3).bytes());
        ZipFiles.write(plain.resolve("models.jar"), "tiny.gguf", Files.readAllBytes(TestModels.tinyFile()), false);
        Path around = Files.createDirectory(folder.resolve("around"));
        shell("mv \"$1\" \"$2/$(printf '" + octal + "')\"", plain, around);
        return around;
    }

    private static ChildJvm child(String locale) {
        return new ChildJvm(LocaleChild.class).environment("LC_ALL", locale).environment("LANG", locale);
    }

    static List<Arguments> folders() {
        return Thorough.some(
                List.of(
                        arguments("C", "mod\\303\\250le"),
                        arguments("POSIX", "mod\\303\\250le"),
                        arguments("C.UTF-8", "mod\\303\\250le"),
                        arguments("C.UTF-8", "mod\\350le"),
                        arguments("C", "\\346\\250\\241 %%23+#\\nx")),
                2);
    }

    @ParameterizedTest
    @MethodSource("folders")
    void files_inAFolderThatTheLocaleCannotWrite_areUsed(String locale, String octal) throws Exception {
        ChildJvm.Result result = child(locale).run(models(octal).toString());
        assertThat(result.out()).as(result.err()).isEqualTo(ALL);
        assertThat(result.exit()).isZero();
    }

    static List<String> languages() {
        return Thorough.some(List.of("ar-EG", "fa-IR", "ne-NP", "mr-IN", "tr-TR", "my-MM"), 3, 1);
    }

    @ParameterizedTest
    @MethodSource("languages")
    void files_underOtherDigits_areUsed(String tag) throws Exception {
        String[] parts = tag.split("-", -1);
        ChildJvm.Result result = child("C.UTF-8")
                .option("-Duser.language=" + parts[0])
                .option("-Duser.country=" + parts[1])
                .run(models("models").toString());
        assertThat(result.out()).as(result.err()).isEqualTo(ALL);
        assertThat(result.exit()).isZero();
    }

    @Test
    void splitModel_whoseOwnNameTheLocaleCannotWrite_namesTheLocale() throws Exception {
        Path around = models("plain");
        shell("cd \"$1\"/plain; for f in tiny-*; do mv $f \"$(printf '\\303\\250')-$f\"; done", around);
        ChildJvm.Result result = child("C").run(around.toString());
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("ModelLoadException", "sun.jnu.encoding", "LC_ALL=C.UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokapu.cache.dir", "tokapu.native.dir"})
    void property_thatTheLocaleCannotRead_isNamed(String property) throws Exception {
        Path around = models("plain");
        String option = "-D" + property + "=";
        // That of this run goes: the last one counts.
        String script = "for a do shift; case \"$a\" in " + option + "*) ;; *) set -- \"$@\" \"$a\";; esac; done;"
                + " java=\"$1\"; shift; exec \"$java\" \"" + option + "$(printf '/tmp/mod\\303\\250le')\" \"$@\"";
        ChildJvm.Result result = child("C").through("sh", "-c", script, "sh").run(around.toString());
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("-D" + property + "=", "sun.jnu.encoding", "LC_ALL=C.UTF-8");
    }
}
