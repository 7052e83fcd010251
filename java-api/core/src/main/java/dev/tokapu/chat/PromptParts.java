package dev.tokapu.chat;

import dev.tokapu.chat.PartTokens.Kind;
import dev.tokapu.chat.PartTokens.Part;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The parts of a rendered prompt that are tokenized apart from each other. */
final class PromptParts {

    private final byte[] prompt;
    private final int[] cuts;
    private final List<Part> parts = new ArrayList<>();
    private int nextCut;

    private PromptParts(byte[] prompt, int[] cuts) {
        this.prompt = prompt;
        this.cuts = cuts;
    }

    /** All parts in order, at least one; only the first may be empty. */
    static List<Part> of(ChatTemplate.Rendered rendered) {
        int[] plain = rendered.plain();
        PromptParts parts = new PromptParts(rendered.chat().prompt().getBytes(StandardCharsets.UTF_8), rendered.cuts());
        int from = 0;
        for (int i = 0; i < plain.length; i += 2) {
            parts.addParsed(from, plain[i]);
            parts.add(plain[i], plain[i + 1], Kind.CHARACTERS);
            from = plain[i + 1];
        }
        parts.addParsed(from, parts.prompt.length);
        return parts.parts;
    }

    private void addParsed(int from, int to) {
        int begin = from;
        while (nextCut < cuts.length && cuts[nextCut] < to) {
            int cut = cuts[nextCut++];
            if (cut > begin) {
                add(begin, cut, Kind.PARSED);
                begin = cut;
            }
        }
        add(begin, to, Kind.PARSED);
    }

    private void add(int from, int to, Kind kind) {
        if (parts.isEmpty()) {
            parts.add(new Part(text(from, to), Kind.FIRST));
        } else if (from < to) {
            parts.add(new Part(text(from, to), kind));
        }
    }

    private String text(int from, int to) {
        return new String(prompt, from, to - from, StandardCharsets.UTF_8);
    }
}
