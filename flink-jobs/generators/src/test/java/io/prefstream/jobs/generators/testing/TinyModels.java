package io.prefstream.jobs.generators.testing;

import io.prefstream.model.DecoderModel;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.PairEncoding;
import io.prefstream.model.TokenIds;
import io.prefstream.model.tokenizer.BpeTrainer;
import io.prefstream.model.tokenizer.BpeVocabulary;
import io.prefstream.model.weights.SafeTensors;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckpointKind;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.FileDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Real preference models of a few thousand parameters, untrained, and their announcements. */
public final class TinyModels {

    private TinyModels() {}

    /** Writes a bundle; the seed decides its weights, the corpus its tokenizer. */
    public static Path write(Path folder, long seed, String corpus) throws IOException {
        Files.createDirectories(folder);
        BpeTrainer trainer = new BpeTrainer();
        trainer.add(corpus);
        BpeVocabulary vocabulary = trainer.train(270, List.of("<|end|>", "<|pad|>"));
        vocabulary.write(folder.resolve(ModelBundle.TOKENIZER));
        ModelConfig config =
                ModelConfig.qwen2(
                        vocabulary.size(), 16, 32, 1, 2, 1, 256, true, TokenIds.of(0, 0, 1), 0.2);
        Files.writeString(folder.resolve(ModelBundle.CONFIG), config.toJson());
        try (DecoderModel model = DecoderModel.initialize(config, seed)) {
            model.save(folder.resolve(ModelBundle.WEIGHTS), SafeTensors.Type.F32);
        }
        return folder;
    }

    /** What a trainer would announce of a folder. */
    public static CheckpointPublished published(String id, Path folder, long second)
            throws Exception {
        List<FileDigest> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.sorted().toList()) {
                byte[] bytes = Files.readAllBytes(file);
                files.add(
                        FileDigest.newBuilder()
                                .setName(file.getFileName().toString())
                                .setBytes(bytes.length)
                                .setSha256(
                                        HexFormat.of()
                                                .formatHex(
                                                        MessageDigest.getInstance("SHA-256")
                                                                .digest(bytes)))
                                .build());
            }
        }
        return Releases.published(
                id, CheckpointKind.RELEASE, folder.toUri().toString(), files, second);
    }

    /** The margin without any sharing, batching with others, or Flink. */
    public static double margin(Path folder, CandidatePair pair) throws IOException {
        ModelBundle bundle = ModelBundle.open(folder);
        try (DecoderModel model = bundle.model();
                var tokenizer = bundle.tokenizer()) {
            PairEncoding encoding =
                    new PairEncoding(
                            tokenizer,
                            bundle.config().eosTokenId(),
                            bundle.config().maxPositionEmbeddings());
            float[] rewards =
                    model.rewards(
                            List.of(
                                    encoding.encode(
                                            pair.getInstruction(), pair.getChosen().getText()),
                                    encoding.encode(
                                            pair.getInstruction(), pair.getRejected().getText())));
            return rewards[0] - rewards[1];
        }
    }
}
