package dev.tokapu.chat;

import dev.tokapu.SequenceState;
import dev.tokapu.internal.util.AtomicFile;
import dev.tokapu.text.StatefulGenerator;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Conversations in files. */
final class ChatArchive {

    private ChatArchive() {}

    static void save(
            Path file, List<ChatMessage> messages, @Nullable AnswerPrefix unfinished, StatefulGenerator generator)
            throws IOException {
        try (SequenceState state = generator.state()) {
            AtomicFile.write(file, out -> ChatFile.write(messages, unfinished, state, out));
        }
    }

    /** The state is the caller's to close. */
    static ChatFile.Saved load(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return ChatFile.read(in);
        }
    }
}
