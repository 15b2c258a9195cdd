package io.prefstream.trainer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.prefstream.replay.ReplayUpdate;
import io.prefstream.schemas.ContentId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * How long it takes to go on from a trunk whose table holds so many pairs of some 2 kB: the
 * manifest compared with all files, weights and optimizer read, the table linked and opened. The
 * first call makes the trunk, each further one goes on from it in a process of its own.
 *
 * <pre>java … io.prefstream.trainer.RestoreBenchmark FOLDER PAIRS</pre>
 */
final class RestoreBenchmark {

    private static final int SIDE_CHARS = 900;
    private static final int AT_ONCE = 1_000;

    private RestoreBenchmark() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int pairs = Integer.parseInt(args[1]);
        TrainerConfig config =
                TrainerConfigReader.read(
                        null,
                        Map.of(
                                "out",
                                folder.toString(),
                                "source.pairs",
                                "none",
                                "replay.capacity",
                                Integer.toString(pairs),
                                "schedule.steps",
                                "1"));
        boolean there = Files.isDirectory(folder.resolve("trunks"));
        try (Learner learner = ModelLearner.create(config)) {
            TrunkStore trunks =
                    new TrunkStore(folder.resolve("trunks"), 2, "", CheckpointMirror.none());
            long start = System.nanoTime();
            try (Trunk trunk = Trunk.open(config, learner, trunks, Clock.systemUTC())) {
                print(there ? "went on from %,d pairs" : "began with %,d pairs", trunk, start);
                if (there) {
                    return;
                }
                start = System.nanoTime();
                fill(trunk, pairs);
                print("filled up to %,d pairs", trunk, start);
                start = System.nanoTime();
                trunks.write(trunk, JsonNodeFactory.instance.objectNode(), "");
                print("wrote a trunk of %,d pairs", trunk, start);
            }
        }
    }

    private static void print(String what, Trunk trunk, long since) {
        System.out.printf(
                Locale.ROOT,
                what + ": %.1f s%n",
                trunk.table().stats().size(),
                (System.nanoTime() - since) / 1e9);
    }

    private static void fill(Trunk trunk, int pairs) {
        Random random = new Random(1);
        for (int from = 0; from < pairs; from += AT_ONCE) {
            try (ReplayUpdate update = trunk.table().begin()) {
                for (int i = from; i < Math.min(pairs, from + AT_ONCE); i++) {
                    String chosen = text(random);
                    String rejected = text(random);
                    String id = ContentId.of("" + i, chosen, rejected);
                    update.insert(trunk.codec().item(FilePair.plain(id, "" + i, chosen, rejected)));
                }
                update.commit();
            }
        }
    }

    private static String text(Random random) {
        return random.ints(SIDE_CHARS, ' ', '~')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
