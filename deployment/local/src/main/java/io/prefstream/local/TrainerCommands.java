package io.prefstream.local;

import picocli.CommandLine.Command;

/** Commands that are the trainer's own: training against real brokers, and models that answer. */
final class TrainerCommands {

    static final String MAIN_CLASS = "io.prefstream.trainer.TrainerMain";

    private TrainerCommands() {}

    @Command(
            name = "train",
            description = "Train on the preference pairs of your own Kafka: train --key value ...")
    static final class Train extends Delegate {
        Train() {
            super(MAIN_CLASS, "train");
        }
    }

    @Command(
            name = "pretrain",
            description =
                    "Train a small language model from source archives: pretrain --key value ...")
    static final class Pretrain extends Delegate {
        Pretrain() {
            super(MAIN_CLASS, "pretrain");
        }
    }

    @Command(
            name = "finetune",
            description =
                    "Tune a release to pairs of a task: finetune --model DIR --pairs FILE --out DIR"
                            + " ...")
    static final class Finetune extends Delegate {
        Finetune() {
            super(MAIN_CLASS, "finetune");
        }
    }

    @Command(
            name = "evaluate",
            description =
                    "What a model is worth on pairs and at best of N: evaluate"
                            + " pairs|best-of-n|gsm8k-pairs ...")
    static final class Evaluate extends Delegate {
        Evaluate() {
            super(MAIN_CLASS, "evaluate");
        }
    }

    @Command(
            name = "generate",
            description =
                    "Continue a prompt, or talk, with a model folder: generate --model DIR ...")
    static final class Generate extends Delegate {
        Generate() {
            super(MAIN_CLASS, "generate");
        }
    }

    @Command(
            name = "score",
            description =
                    "Rewards and log-likelihoods of responses or pairs: score --model DIR ...")
    static final class Score extends Delegate {
        Score() {
            super(MAIN_CLASS, "score");
        }
    }

    @Command(
            name = "serve",
            description =
                    "Serve a model folder over HTTP, as OpenAI's clients ask: serve --model DIR"
                            + " ...")
    static final class Serve extends Delegate {
        Serve() {
            super(MAIN_CLASS, "serve");
        }
    }
}
