package dev.tokapu.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** The harness of the benchmarks, which is Python. */
final class Harness {

    private Harness() {}

    /** What code prints that may import {@code harness}, in lines. */
    static List<String> python(String code, Object... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("python3", "-B", "-c", code));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process python = new ProcessBuilder(command)
                .directory(Path.of("").toAbsolutePath().toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(said).isZero();
        return said.lines().toList();
    }

    /** A page as a tree, which it is only if it is well-formed. */
    static Document parse(String page) throws Exception {
        String text = page.replace("<!DOCTYPE html>", "");
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(text)));
    }
}
