package io.prefstream.jobs.generators.release;

import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.engine.SharedEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The preference model of a folder, whatever is released. */
public final class FolderScorer implements AnswerScorer {

    private final SharedEngine shared;

    private FolderScorer(SharedEngine shared) {
        this.shared = shared;
    }

    /** Opens the folder's model in the task's process, once however many use it. */
    public static AnswerScorerFactory factory(String folder, EngineOptions options) {
        return () -> new FolderScorer(SharedEngine.acquire(Path.of(folder), options));
    }

    @Override
    public CompletableFuture<Void> ready(@Nullable ReleaseModel newest) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Rewards> rewards(
            @Nullable ReleaseModel newest, String instruction, List<String> answers) {
        return Rewards.by(shared.engine(), instruction, answers);
    }

    @Override
    public void close() {
        shared.close();
    }
}
