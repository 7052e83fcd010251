package dev.tokapu.server.batches;

import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.openai.OpenAiErrors;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;

/**
 * The paths of {@link Batches} where there is no folder for them: what callers send is written nowhere.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class NoBatches implements Api {

    /** Creates it. */
    public NoBatches() {}

    @Override
    public void addTo(Routes routes) {
        for (String path : new String[] {"/v1/files", "/v1/batches"}) {
            for (String method : new String[] {"GET", "POST", "DELETE"}) {
                routes.add(this, method, path, NoBatches::refuse).add(this, method, path + "/*", NoBatches::refuse);
            }
        }
    }

    private static void refuse(Call call) {
        throw new ProblemException(Problem.of(
                        Kind.UNSUPPORTED,
                        "this server keeps no files, and so it does no batches; start it with a folder for them:"
                                + " serve --files DIR, or ServerOptions.files")
                .withCode("not_supported"));
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return OpenAiErrors.body(problem);
    }
}
