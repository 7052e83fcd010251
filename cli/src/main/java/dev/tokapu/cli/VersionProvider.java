package dev.tokapu.cli;

import dev.tokapu.Tokapu;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionProvider implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"tokapu " + Tokapu.version(), "Java " + Runtime.version()};
    }
}
