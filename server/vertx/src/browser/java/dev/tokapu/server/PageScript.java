package dev.tokapu.server;

import dev.tokapu.ScriptedChat;
import dev.tokapu.chat.ChatMessage;
import java.nio.file.Path;
import java.util.List;

/** What the model of the page's tests says; which answer it is depends on the length of the question. */
final class PageScript {

    static final String HELLO = "Hello";
    static final String OTHER = "Howdy"; // as long
    static final String GREETING = """
            Well, **hello**. Here is some code:

            ```java
            int four = 2 + 2; // é 😀
            ```

            - one
            - two
            """;

    static final String HOSTILE_QUESTION = "#".repeat(600);
    static final String HOSTILE = """
            <script>window.pwned = 1</script>

            <img src=x onerror="window.pwned = 2">

            Inline <img src=x onerror=window.pwned=3> and <svg onload=window.pwned=4></svg> text.

            [a link](javascript:window.pwned=5) and [another](data:text/html,<script>alert(1)</script>) and <javascript:window.pwned=6>.

            ![picture](https://elsewhere.invalid/track.png) ![script](javascript:window.pwned=7)

            ```html
            </code></pre><script>window.pwned = 8</script><img src=x onerror="window.pwned = 9">
            ```

            ```"><img/src=x/onerror=window.pwned=10>
            code
            ```

            | <iframe src="javascript:parent.pwned=11"></iframe> | b |
            |---|---|
            | <details open ontoggle=window.pwned=12> | `<style>*{display:none}</style>` |

            <style>* { display: none }</style>
            <math><mtext></mtext><mglyph><svg><mtext><style><img src=x onerror=window.pwned=13></style></mtext></svg></mglyph></math>

            The end.
            """;

    static final String LONG_QUESTION = "~".repeat(4000);
    static final String LONG = "So it goes on and on. ".repeat(2500);

    /** The tokens that these conversations need. */
    static final int CONTEXT = 4200 + LONG.length();

    private PageScript() {}

    static ScriptedChat in(Path folder) {
        return new ScriptedChat(folder, List.of())
                .says(GREETING, ChatMessage.user(HELLO))
                .says(HOSTILE, ChatMessage.user(HOSTILE_QUESTION))
                .says(LONG, ChatMessage.user(LONG_QUESTION));
    }
}
