// A first look at Tokapu in JShell; README.md has the line that starts it.
import dev.tokapu.*
import dev.tokapu.chat.*
import dev.tokapu.source.*

Model model = Model.load(DefaultModel.source())
ChatSession chat = ChatSession.open(model, ChatOptions.builder().maxTokens(100).build())

System.out.println(model.info().description())
System.out.println(java.util.Arrays.toString(model.vocab().tokenize("Hello, world!")))
chat.send("Hi").forEach(System.out::print)
