package io.prefstream.trainer;

/** The trainer with the plain learner, for tests that kill its process. */
final class TokenTrainerMain {

    private TokenTrainerMain() {}

    public static void main(String[] args) {
        System.exit(TrainerMain.launch(args, TokenLearner::create));
    }
}
