package io.prefstream.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.replay.SplitMix64;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.trainer.probe.ProbeReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a release: a fork of the trunk whose learning rate falls to zero, evaluated on the holdout,
 * written in Hugging Face layout, announced.
 *
 * <p>The fork leaves no trace in the trunk. Its batches are drawn by a generator of its own, seeded
 * by run seed and step; they count neither in the table nor in its limiter; weights and optimizer
 * are as before when it is done. So a run gives the same trunk whether it makes releases or not.
 */
final class Releaser {

    private static final Logger LOG = LoggerFactory.getLogger(Releaser.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TrainerConfig config;
    private final LearningRate rate;
    private final ReleaseGate gate;
    private final CheckpointFolder published;
    private final CheckpointFolder refused;
    private final UnannouncedReleases unannounced;
    private final CheckpointMirror mirror;
    private final Announcer announcer;
    private final Clock clock;
    private final Set<String> announced = new HashSet<>();

    Releaser(
            TrainerConfig config,
            LearningRate rate,
            CheckpointMirror mirror,
            Announcer announcer,
            Clock clock)
            throws IOException {
        this.config = config;
        this.rate = rate;
        this.gate = new ReleaseGate(config.release().gateMargin(), config.release().gateMinPairs());
        this.published = new CheckpointFolder(config.out().resolve("releases"));
        this.refused = new CheckpointFolder(config.out().resolve("refused"));
        this.unannounced = new UnannouncedReleases(published.path());
        this.mirror = mirror;
        this.announcer = announcer;
        this.clock = clock;
    }

    /** Hears of each step of the fork. */
    interface ForkListener {
        void stepped(long forkStep, long forkSteps, TrainedBatch batch, double rate);
    }

    /**
     * A release, published or refused, and what it says of the holdout.
     *
     * @param uri that it is announced by, null for a refused one
     */
    record Made(TrainerState.Release release, Judgement judgement, @Nullable String uri) {}

    /** Published releases, oldest first. */
    List<Path> published() throws IOException {
        return published.finished();
    }

    /** Steps that the fork of a trunk takes. */
    long forkSteps(long trunkStep) {
        return LearningRate.forkSteps(
                trunkStep, config.schedule().decayFraction(), config.schedule().decayMaxSteps());
    }

    /**
     * Makes a release, and publishes it if the gate lets it pass.
     *
     * @param log that the trunk was trained from, for the release's lineage
     * @param cause why it is made
     * @param stopped asked before each step; once it says yes there is no release
     * @return the release, or empty if it was stopped
     */
    Optional<Made> release(
            Trunk trunk,
            PairSource log,
            String cause,
            BooleanSupplier stopped,
            ForkListener listener)
            throws IOException {
        // There is nothing to decay on where all pairs have left the table.
        long forkSteps = trunk.draws().isDry() ? 0 : forkSteps(trunk.step());
        try (Learner.Memory memory = trunk.learner().remember()) {
            TrainerState.@Nullable Seen seen =
                    decay(trunk, forkSteps, stopped, listener).orElse(null);
            if (seen == null) {
                memory.recall();
                return Optional.empty();
            }
            Judgement judgement = trunk.judgeHoldout();
            Made made =
                    write(new ReleaseOrigin(config, trunk, log, forkSteps, seen, judgement), cause);
            memory.recall();
            return Optional.of(made);
        }
    }

    /** Trains the fork. Returns the pairs that it was trained on; empty if it was stopped. */
    private Optional<TrainerState.Seen> decay(
            Trunk trunk, long forkSteps, BooleanSupplier stopped, ForkListener listener) {
        SplitMix64 random =
                new SplitMix64(
                        ContentId.seed(
                                "release",
                                Long.toString(config.seed()),
                                Long.toString(trunk.step())));
        SeenPairs seen = new SeenPairs(trunk.seen());
        if (forkSteps == 0) {
            return Optional.of(seen.save());
        }
        Set<String> ofForkAlone = new HashSet<>();
        Callable<ReadyBatch> draw =
                () ->
                        trunk.peek(
                                random,
                                pair -> {
                                    if (ofForkAlone.add(pair.getId())) {
                                        seen.add(pair);
                                    }
                                });
        try (ForkFeed feed = new ForkFeed(draw, forkSteps, config.source().prefetch())) {
            for (long i = 1; i <= forkSteps; i++) {
                if (stopped.getAsBoolean()) {
                    return Optional.empty();
                }
                double learningRate = rate.fork(trunk.step(), i, forkSteps);
                TrainedBatch trained = feed.train(trunk.learner(), learningRate);
                listener.stepped(i, forkSteps, trained, learningRate);
            }
        }
        return Optional.of(seen.save());
    }

    private Made write(ReleaseOrigin origin, String cause) throws IOException {
        Trunk trunk = origin.trunk();
        Judgement judgement = origin.judgement();
        String step = String.format(Locale.ROOT, "step-%09d", trunk.step());
        @Nullable String refusal = gate.refusal(judgement, trunk.verdicts()).orElse(null);
        CheckpointFolder folder = refusal == null ? published : refused;
        try (CheckpointFolder.Unfinished unfinished = folder.begin(step)) {
            trunk.learner().export(unfinished.path());
            String id = idOf(trunk.step(), unfinished.seal());
            ObjectNode lineage = origin.lineage(id);
            lineage.put("cause", cause).put("refused", refusal);
            @Nullable ProbeReport probes = probes(trunk);
            lineage.set("probes", JSON.valueToTree(probes));
            lineage.put("probeWarning", warning(probes, judgement.accuracy()));
            JSON.writerWithDefaultPrettyPrinter()
                    .writeValue(unfinished.path().resolve("lineage.json").toFile(), lineage);
            Files.writeString(
                    unfinished.path().resolve("README.md"), ModelCard.of(config, lineage));
            Manifest manifest = resealed(unfinished);
            String name = step + "-" + id.substring(0, 12);
            CheckpointPublished announcement =
                    origin.announcement(id, probes, manifest, clock.instant());
            if (refusal == null) {
                unannounced.add(name, announcement);
            } else {
                LOG.warn("release of step {} is not published: {}", trunk.step(), refusal);
            }
            Path path = unfinished.publish(name);
            @Nullable String uri = refusal == null ? announce(announcement, path) : null;
            retain(trunk, name, refusal != null);
            return new Made(
                    new TrainerState.Release(
                            id,
                            "release",
                            trunk.step(),
                            origin.forkSteps(),
                            path.toAbsolutePath().toString(),
                            judgement.accuracy(),
                            cause,
                            refusal,
                            probes),
                    judgement,
                    uri);
        }
    }

    /**
     * Announces the releases that got their names and weren't announced, since the process was
     * killed between the two. What was announced may be announced once more, with the same id.
     *
     * @throws IOException if they can't be copied to where they are announced from
     */
    void announceLeftOver() throws IOException {
        for (String name : unannounced.names()) {
            Path path = published.path().resolve(name);
            if (Manifest.problem(path).isEmpty()) {
                for (CheckpointPublished announcement : unannounced.of(name)) {
                    LOG.info("{} wasn't announced by the run that made it: it is now", path);
                    announce(announcement, path);
                }
            }
            unannounced.remove(name);
        }
    }

    /**
     * Copies a release to where others find it, and announces it, once in a process: one that was
     * left over may be made again.
     *
     * @param path of the release as it is: where one was there already it has other files than the
     *     one that was made again, for its card and lineage depend on more than its id
     * @return its URI
     */
    private String announce(CheckpointPublished announcement, Path path) throws IOException {
        String uri = mirror.release(path);
        if (announced.add(announcement.getId())) {
            Manifest manifest = Manifest.parse(Files.readString(path.resolve(Manifest.NAME)));
            announcer.announce(
                    CheckpointPublished.newBuilder(announcement)
                            .setUri(uri)
                            .setFiles(ReleaseOrigin.files(manifest))
                            .build());
        }
        unannounced.remove(CheckpointFolder.nameOf(path));
        return uri;
    }

    /** Deletes the releases that others have taken the place of, which are announced by now. */
    private void retain(Trunk trunk, String written, boolean refusal) throws IOException {
        @Nullable Integer keep = refusal ? config.release().keepRefused() : config.release().keep();
        if (keep == null) {
            return;
        }
        List<String> made = new ArrayList<>();
        for (TrainerState.Release release : trunk.releases()) {
            if ((release.refused() != null) == refusal) {
                made.add(CheckpointFolder.nameOf(Path.of(release.path())));
            }
        }
        made.add(written);
        Retention retention = Retention.ofReleases(keep, made);
        if (refusal) {
            refused.retain(retention);
        } else {
            mirror.retainReleases(retention);
            published.retain(retention);
        }
    }

    private @Nullable ProbeReport probes(Trunk trunk) {
        if (!config.evaluation().probes()) {
            return null;
        }
        List<PreferencePair> train = new ArrayList<>();
        trunk.table()
                .forEach(
                        config.evaluation().probePairs(),
                        (key, value) -> train.add(trunk.codec().decode(value)));
        return ProbeReport.of(train, trunk.holdout().pairs(), config.seed());
    }

    /** Says loudly that trivial readers are about as good as the model, if they are. */
    private @Nullable String warning(@Nullable ProbeReport probes, Accuracy model) {
        String warning =
                probes == null
                        ? null
                        : probes.warning(model, config.evaluation().probeMargin()).orElse(null);
        if (warning != null) {
            LOG.warn("{}", warning);
        }
        return warning;
    }

    private static Manifest resealed(CheckpointFolder.Unfinished unfinished) throws IOException {
        Files.delete(unfinished.path().resolve(Manifest.NAME));
        return unfinished.seal();
    }

    private String idOf(long step, Manifest model) {
        StringBuilder digests = new StringBuilder();
        model.files()
                .forEach(file -> digests.append(file.name()).append('=').append(file.sha256()));
        return ContentId.of(config.model().name(), Long.toString(step), digests.toString());
    }
}
