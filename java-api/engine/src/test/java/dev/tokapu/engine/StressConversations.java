package dev.tokapu.engine;

import dev.tokapu.internal.util.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The conversations of all tenants of {@link PrefixStressChild}, with a journal for the process that goes on with them after this one
 * was killed.
 *
 * <p>Thread safety: safe.
 */
final class StressConversations implements AutoCloseable {

    static final int TENANTS = 50;

    private static final int EACH = 4;
    private static final int FAVOURITES = 12; // every other turn is one of theirs

    private final int life;
    private final StressConversation[] conversations = new StressConversation[TENANTS * EACH];
    private final Writer journal;

    StressConversations(Path file, int life) throws IOException {
        this.life = life;
        Arrays.setAll(conversations, i -> new StressConversation(i % TENANTS, i / TENANTS));
        if (Files.exists(file)) {
            String text = Files.readString(file);
            text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .forEach(this::inherit); // the last one may be cut short
        }
        String kept =
                IntStream.range(0, conversations.length).mapToObj(this::line).collect(Collectors.joining());
        AtomicFile.write(file, out -> out.write(kept.getBytes(StandardCharsets.UTF_8)));
        this.journal = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
    }

    private void inherit(String line) {
        int[] values =
                Stream.of(line.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
        conversations[values[0]].inherit(values[1], Arrays.copyOfRange(values, 2, values.length));
    }

    private String line(int index) {
        StressConversation conversation = conversations[index];
        return Stream.concat(
                        Stream.of(index, conversation.number()),
                        Arrays.stream(conversation.history()).boxed())
                .map(String::valueOf)
                .collect(Collectors.joining(" ", "", "\n"));
    }

    /** A conversation of any tenant, more often of some. */
    int any(Random random) {
        int tenant = random.nextInt(random.nextBoolean() ? FAVOURITES : TENANTS);
        return tenant + TENANTS * random.nextInt(EACH);
    }

    int tenant(int conversation) {
        return conversations[conversation].tenant();
    }

    /** What this conversation asks next. */
    StressConversation.Turn next(int conversation, Random random) {
        return conversations[conversation].next(random, life, EACH);
    }

    /** How many of its first tokens others have asked, for this tenant or for everybody. */
    int known(int conversation, StressConversation.Turn turn) {
        return conversations[conversation].known(turn);
    }

    /** What was answered; the next process goes on with it, too. */
    void answered(int conversation, StressConversation.Turn turn, int[] answer) {
        conversations[conversation].answered(turn, answer);
        synchronized (journal) {
            try {
                journal.write(line(conversation));
                journal.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What somebody asks who knows all that a tenant said. */
    int[] stolen(Random random) {
        return StressConversation.join(
                conversations[any(random)].history(), StressConversation.text(random, 1 + random.nextInt(6)));
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
