package dev.tokapu.hub;

import dev.tokapu.internal.util.AtomicFile;
import dev.tokapu.internal.util.Json;
import dev.tokapu.source.DownloadProgress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Ollama's library. Of a model's layers only the weights are taken; template, parameters and license are left. */
final class OllamaRepository implements Repository<HubName.Ollama> {

    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    private static final String WEIGHTS = "application/vnd.ollama.image.model";
    private static final String SHA256 = "sha256:";
    private static final String MANIFESTS = "manifests";
    private static final String BLOBS = "blobs";

    private final HubHttp http;
    private final HubOptions options;
    private final Path own;
    private final String host;

    OllamaRepository(HubHttp http, HubOptions options, Path own) {
        this.http = http;
        this.options = options;
        this.own = own;
        this.host = String.valueOf(options.ollamaEndpoint().getAuthority()).replace(':', '_');
    }

    /** The layer with the weights. */
    private record Weights(Checksum checksum, long size) {}

    /** Our folder, and Ollama's. */
    private List<Path> roots() {
        return Stream.of(Optional.of(own), Optional.ofNullable(options.ollamaModels()))
                .flatMap(Optional::stream)
                .toList();
    }

    private Path manifest(Path root, HubName.Ollama name) {
        return root.resolve(Path.of(MANIFESTS, host)).resolve(name.repo()).resolve(name.tag());
    }

    private Path ownBlob(Weights weights) {
        return own.resolve(BLOBS).resolve("sha256-" + weights.checksum().hex());
    }

    @Override
    public Optional<Path> find(HubName.Ollama name) throws IOException {
        for (Path root : roots()) {
            Weights weights = read(manifest(root, name));
            Optional<Path> blob = weights == null ? Optional.empty() : blob(weights);
            if (blob.isPresent()) {
                return blob;
            }
        }
        return Optional.empty();
    }

    /** A manifest on this machine; null where there is none with weights. */
    private static @Nullable Weights read(Path manifest) throws IOException {
        try {
            return Files.isRegularFile(manifest) && Json.read(Files.readString(manifest)) instanceof Map<?, ?> object
                    ? weights(object)
                    : null;
        } catch (IllegalArgumentException e) {
            return null; // not JSON: as if it were not there
        }
    }

    private Optional<Path> blob(Weights weights) throws IOException {
        for (Path root : roots()) {
            Path blob =
                    root.resolve(BLOBS).resolve("sha256-" + weights.checksum().hex());
            if (Files.isRegularFile(blob) && Files.size(blob) == weights.size()) {
                return Optional.of(blob);
            }
        }
        return Optional.empty();
    }

    private static @Nullable Weights weights(Map<?, ?> manifest) {
        if (manifest.get("layers") instanceof List<?> layers) {
            for (Object layer : layers) {
                if (layer instanceof Map<?, ?> map
                        && WEIGHTS.equals(map.get("mediaType"))
                        && map.get("digest") instanceof String digest
                        && digest.startsWith(SHA256)
                        && Checksum.isOne(digest.substring(SHA256.length()))
                        && map.get("size") instanceof Number size
                        && size.longValue() >= 0) {
                    Checksum checksum = new Checksum(digest.substring(SHA256.length()));
                    return checksum.isSha256() ? new Weights(checksum, size.longValue()) : null;
                }
            }
        }
        return null;
    }

    @Override
    public Path download(HubName.Ollama name, DownloadProgress progress) throws IOException, InterruptedException {
        Meter asking = new Meter(progress, new RemoteFile(options.ollamaEndpoint(), name.toString(), -1, null, null));
        HubApi api = new HubApi(http, options, asking::waits);
        String path = "v2/" + name.repo();
        HubApi.Answer answer = api.get(
                Addresses.below(options.ollamaEndpoint(), path + "/manifests/" + name.tag(), ""), MANIFEST, null);
        Weights weights = weights(answer.object());
        if (weights == null) {
            throw answer.unexpected("a manifest without a layer of weights (" + WEIGHTS + ')');
        }
        Optional<Path> there = blob(weights);
        if (there.isEmpty()) {
            // The colon of a digest stays as it is, as in Ollama's own requests.
            URI uri = URI.create(options.ollamaEndpoint() + "/" + path + "/blobs/" + SHA256
                    + weights.checksum().hex());
            RemoteFile file = new RemoteFile(uri, name.toString(), weights.size(), weights.checksum(), null);
            Path lock = own.resolve(Path.of(".locks", weights.checksum().hex() + ".lock"));
            new FileDownload(http, options, file, ownBlob(weights), lock, new Meter(progress, file))
                    .run(() -> blob(weights).isPresent());
        }
        Path manifest = manifest(own, name);
        Files.createDirectories(manifest.getParent());
        AtomicFile.write(manifest, out -> out.write(answer.bytes()));
        return there.orElse(ownBlob(weights));
    }

    @Override
    public List<CachedModel> list() throws IOException {
        List<CachedModel> models = new ArrayList<>();
        for (Path root : roots()) {
            Path manifests = root.resolve(Path.of(MANIFESTS, host));
            for (Path file : Folders.files(manifests)) {
                Path path = manifests.relativize(file);
                if (path.getNameCount() != 3) {
                    continue;
                }
                HubName.Ollama name = new HubName.Ollama(
                        path.getName(0) + "/" + path.getName(1), path.getName(2).toString());
                Weights weights = read(file);
                Optional<Path> blob = weights == null ? Optional.empty() : blob(weights);
                boolean known = models.stream().anyMatch(model -> model.name().equals(name.toString()));
                if (weights != null && blob.isPresent() && !known) {
                    models.add(new CachedModel(name.toString(), blob.get(), weights.size()));
                }
            }
        }
        return models;
    }

    @Override
    public long remove(HubName.Ollama name) throws IOException {
        Path manifest = manifest(own, name);
        Weights weights = read(manifest);
        if (weights == null) {
            if (find(name).isPresent()) {
                throw HubFailure.lasting(
                        "it belongs to Ollama (" + options.ollamaModels() + "); remove it with 'ollama rm'");
            }
            return -1;
        }
        Files.delete(manifest);
        for (Path other : Folders.files(own.resolve(MANIFESTS))) {
            if (weights.equals(read(other))) {
                return 0;
            }
        }
        return Files.deleteIfExists(ownBlob(weights)) ? weights.size() : 0;
    }
}
