package dev.tokapu.examples.forkandvote;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.Sequence;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Several answers from one prompt: it is decoded once, each answer grows in a fork of it, and the most frequent one wins. */
public final class ForkAndVote {

    private static final String PROMPT = "Question: Is the sea salty? Answer yes or no.\nAnswer:";

    private ForkAndVote() {}

    /** One answer on its way. */
    private record Branch(Sequence sequence, SamplerChain sampler, StringBuilder text) {}

    public static void main(String[] args) {
        ModelSource source = args.length == 0 ? DefaultModel.source() : ModelSource.file(Path.of(args[0]));
        int branches = 8;
        ContextOptions options = ContextOptions.builder()
                .contextSize(1024)
                .maxSequences(branches + 1)
                .kvCache(kv -> kv.unified(true))
                .build();
        try (Model model = Model.load(source);
                Context context = model.newContext(options)) {
            List<Branch> answers = answer(model, context, branches, 3);
            Map<String, Integer> votes = new TreeMap<>();
            for (Branch branch : answers) {
                System.out.println("answer " + branch.sequence.id() + ":" + branch.text);
                votes.merge(firstWord(branch.text.toString()), 1, Integer::sum);
                branch.sampler.close();
            }
            System.out.println("votes: " + votes);
        }
    }

    private static List<Branch> answer(Model model, Context context, int count, int tokens) {
        // @start region="fork"
        // the prompt, once
        int[] prompt = model.vocab().tokenize(PROMPT);
        Sequence trunk = Sequence.of(context, 0);
        decode(context, new Batch(prompt.length).addAll(prompt, 0, trunk.id()));

        // all branches begin with the logits of the prompt's last token: nothing is decoded again
        List<Branch> branches = new ArrayList<>();
        Batch batch = new Batch(count);
        for (int seed = 1; seed <= count; seed++) {
            Branch branch = new Branch(
                    trunk.fork(),
                    SamplerChain.of(model, Sampler.temperature(0.9), Sampler.dist(seed)),
                    new StringBuilder());
            int token = branch.sampler.sample(context, -1);
            branch.text.append(model.vocab().detokenize(token));
            batch.add(token, branch.sequence.length(), branch.sequence.id(), true);
            branches.add(branch);
        }

        // then they grow together, one token of each in every batch
        for (int i = 1; i < tokens; i++) {
            decode(context, batch);
            batch.clear();
            for (int b = 0; b < count; b++) {
                Branch branch = branches.get(b);
                int token = branch.sampler.sample(context, b);
                branch.text.append(model.vocab().detokenize(token));
                batch.add(token, branch.sequence.length(), branch.sequence.id(), true);
            }
        }
        // @end
        return branches;
    }

    private static void decode(Context context, Batch batch) {
        DecodeStatus status = context.decode(batch);
        if (status != DecodeStatus.OK) {
            throw new IllegalStateException("decode: " + status);
        }
    }

    private static String firstWord(String text) {
        return text.strip().split("\\W+", 2)[0].toLowerCase(Locale.ROOT);
    }
}
