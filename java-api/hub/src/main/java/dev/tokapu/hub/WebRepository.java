package dev.tokapu.hub;

import dev.tokapu.internal.util.AtomicFile;
import dev.tokapu.source.DownloadProgress;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Files of any web server, each address in a folder of its own. What is here is not asked for again. */
final class WebRepository implements Repository<HubName.Web> {

    /** The file that has the address, without its query. */
    static final String SOURCE = ".tokapu-address";

    private static final int KEY_DIGITS = 16;

    private final HubHttp http;
    private final HubOptions options;
    private final Path root;

    WebRepository(HubHttp http, HubOptions options, Path root) {
        this.http = http;
        this.options = options;
        this.root = root;
    }

    private Path folder(HubName.Web name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(name.uri().toString().getBytes(StandardCharsets.UTF_8));
            return root.resolve(HexFormat.of().formatHex(digest).substring(0, KEY_DIGITS));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    @Override
    public Optional<Path> find(HubName.Web name) throws IOException {
        Optional<Path> file = find(folder(name), name);
        if (file.isPresent() || name.uri().getRawQuery() != null) {
            return file;
        }
        List<CachedModel> listed = list().stream()
                .filter(model -> model.name().equals(name.toString()))
                .toList();
        return listed.size() == 1 ? find(listed.get(0).file().resolveSibling(""), name) : Optional.empty();
    }

    private static Optional<Path> find(Path folder, HubName.Web name) {
        List<String> parts = Selection.allParts(name.file());
        boolean whole = parts.stream().allMatch(part -> Files.isRegularFile(folder.resolve(part)));
        return whole ? Optional.of(folder.resolve(parts.get(0))) : Optional.empty();
    }

    @Override
    public Path download(HubName.Web name, DownloadProgress progress) throws IOException, InterruptedException {
        String refusal = Addresses.refusal(name.uri(), options.plainHttp());
        if (refusal != null) {
            throw HubFailure.lasting(name + " is not asked for a model: " + refusal);
        }
        Path folder = folder(name);
        List<String> parts = Selection.allParts(name.file());
        Files.createDirectories(folder);
        for (String part : parts) {
            Path file = folder.resolve(part);
            if (!Files.isRegularFile(file)) {
                RemoteFile remote = new RemoteFile(sibling(name.uri(), part), part, -1, null, null);
                Path lock = folder.resolve(part + ".lock");
                new FileDownload(http, options, remote, file, lock, new Meter(progress, remote))
                        .run(() -> Files.isRegularFile(file));
            }
        }
        AtomicFile.write(
                folder.resolve(SOURCE), out -> out.write(name.toString().getBytes(StandardCharsets.UTF_8)));
        return folder.resolve(parts.get(0));
    }

    private static URI sibling(URI uri, String part) {
        String text = uri.toString();
        int query = text.indexOf('?');
        String path = query < 0 ? text : text.substring(0, query);
        String base = path.substring(0, path.lastIndexOf('/') + 1);
        return URI.create(base + Addresses.encoded(part) + (query < 0 ? "" : text.substring(query)));
    }

    @Override
    public List<CachedModel> list() throws IOException {
        List<CachedModel> models = new ArrayList<>();
        for (Path source : Folders.files(root)) {
            HubName.Web name = source.endsWith(SOURCE) ? address(source) : null;
            if (name != null) {
                Path folder = source.resolveSibling("");
                List<String> parts = Selection.allParts(name.file());
                long bytes = 0;
                for (String part : parts) {
                    bytes += Files.isRegularFile(folder.resolve(part)) ? Files.size(folder.resolve(part)) : 0;
                }
                if (bytes > 0) {
                    models.add(new CachedModel(name.toString(), folder.resolve(parts.get(0)), bytes));
                }
            }
        }
        return models;
    }

    /** Null when the file is damaged. */
    private static HubName.@Nullable Web address(Path source) throws IOException {
        try {
            String text = new String(Files.readAllBytes(source), StandardCharsets.UTF_8).strip();
            return HubName.parse(text) instanceof HubName.Web web ? web : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** With a query, that one; without, all that are listed by that name. */
    @Override
    public long remove(HubName.Web name) throws IOException {
        long freed = -1;
        for (CachedModel model : list()) {
            Path folder = model.file().toAbsolutePath().getParent();
            boolean named = model.name().equals(name.toString())
                    && (name.uri().getRawQuery() == null
                            || folder(name).toAbsolutePath().equals(folder));
            if (named && folder != null) {
                freed = Math.max(0, freed) + model.bytes();
                Folders.delete(folder);
            }
        }
        return freed;
    }
}
