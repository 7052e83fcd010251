///usr/bin/env jbang "$0" "$@" ; exit $?
//DEPS dev.tokapu:tokapu-all:0.1.0-SNAPSHOT@pom
//DEPS dev.tokapu:tokapu-model-smollm2-135m-instruct:0.1.0-SNAPSHOT
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED

import dev.tokapu.Model;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.source.DefaultModel;

/** Asks the default model one question: {@code jbang Ask.java "Why is the sky blue?"}. */
class Ask {

    public static void main(String[] words) {
        try (Model model = Model.load(DefaultModel.source());
                ChatSession chat = ChatSession.open(model)) {
            chat.askStreaming(String.join(" ", words)).forEach(System.out::print);
            System.out.println();
        }
    }
}
