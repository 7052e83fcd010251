/** An application with a module of its own: what it requires of Tokapu is this. */
module dev.tokapu.examples.engine {
    requires dev.tokapu.engine;
}
