package dev.tokapu.fuzz;

import dev.tokapu.Model;
import dev.tokapu.chat.AnswerTrial;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ChatTemplate;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.text.FinishReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers to random requests, as llama.cpp's chat templates write them, cut and changed: whole, going on and as a stream.
 *
 * <p>Each case is a request and {@link #OUTPUTS} answers.
 */
final class AnswerTarget implements Target {

    private static final int OUTPUTS = 50;

    /** The template writes so many of them, which takes longer than to take them apart. */
    private static final int WRITTEN = 3;

    /** So many cases have the same template. */
    private static final int IN_A_ROW = 2;

    private static final int PIECES = 12;
    private static final Pattern TAG = Pattern.compile("<[|\uff5c]?/?[^<>\\s'\"{}%]+>|\\[/?[A-Z_]{3,}\\]");

    private final Model model;
    private final List<Path> files;
    private @Nullable ChatTemplate template;
    private List<String> tags = List.of();
    private int loaded = -1;

    AnswerTarget(Path folder) throws IOException {
        model = Model.load(TinyGguf.writeTo(folder));
        Path source = Path.of(System.getProperty("tokapu.root"), "native", "target", "llama-source.path");
        try (Stream<Path> all = Files.list(Path.of(Files.readString(source).strip(), "models", "templates"))) {
            files = all.filter(file -> file.toString().endsWith(".jinja"))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public String run(long number, Random random) throws IOException {
        ChatTemplate template = template((int) (number / IN_A_ROW % files.size()));
        RandomConversation conversation = new RandomConversation(random);
        ChatRequest request = conversation.request();
        int parsed = 0;
        try (AnswerTrial trial = new AnswerTrial(template, request)) {
            AnswerMutator mutator = new AnswerMutator(random, tags);
            List<String> written = new ArrayList<>();
            for (int i = 0; i < WRITTEN; i++) {
                written.add(written(template, request, trial.prompt(), conversation.answer()));
            }
            for (int i = 0; i < OUTPUTS; i++) {
                String raw = mutator.mutate(written.get(i % WRITTEN));
                FinishReason end = random.nextBoolean() ? FinishReason.STOP_TOKEN : FinishReason.MAX_TOKENS;
                parsed += parses(trial, raw, end, random) ? 1 : 0;
            }
            return (parsed + 9) / 10 * 10 + " or fewer of " + OUTPUTS + " in the format"
                    + (trial.takenBack() > 0 ? ", text taken back" : "");
        } catch (ChatTemplateException | UnsupportedOperationException e) {
            return "refused by the template";
        }
    }

    private static boolean parses(AnswerTrial trial, String raw, FinishReason end, Random random) {
        try {
            return trial.parses(pieces(raw, random), end);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + " of <" + raw + ">", e);
        }
    }

    private ChatTemplate template(int index) throws IOException {
        ChatTemplate current = template;
        if (current == null || loaded != index) {
            if (current != null) {
                current.close();
            }
            String source = Files.readString(files.get(index));
            tags = TAG.matcher(source)
                    .results()
                    .map(found -> found.group())
                    .distinct()
                    .toList();
            current = ChatTemplate.of(model, source);
            template = current;
            loaded = index;
        }
        return current;
    }

    /** What the template writes for an answer, behind the prompt. */
    private static String written(ChatTemplate template, ChatRequest request, String prompt, ChatMessage answer) {
        List<ChatMessage> messages = new ArrayList<>(request.messages());
        messages.add(answer);
        try {
            String all = template.render(ChatRequest.builder(messages)
                            .tools(request.tools())
                            .reasoning(request.reasoning())
                            .addGenerationPrompt(false)
                            .build())
                    .prompt();
            int same = 0;
            while (same < Math.min(prompt.length(), all.length()) && prompt.charAt(same) == all.charAt(same)) {
                same++;
            }
            return all.substring(same);
        } catch (ChatTemplateException e) {
            return answer.reasoning() + answer.content() + answer.toolCalls();
        }
    }

    private static List<String> pieces(String raw, Random random) {
        List<String> pieces = new ArrayList<>();
        int at = 0;
        for (int n = random.nextInt(PIECES); n > 0 && at < raw.length(); n--) {
            int next = raw.offsetByCodePoints(at, 0) + random.nextInt(1 + 2 * (raw.length() - at) / (n + 1));
            next = Math.min(next, raw.length());
            if (next < raw.length() && Character.isLowSurrogate(raw.charAt(next))) {
                next++;
            }
            pieces.add(raw.substring(at, next));
            at = next;
        }
        pieces.add(raw.substring(at));
        return pieces;
    }

    @Override
    public void close() {
        if (template != null) {
            template.close();
        }
        model.close();
    }
}
