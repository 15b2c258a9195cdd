package io.prefstream.generation;

/** Why a text ended. */
public enum FinishReason {
    /** The model ended it, or a stop string appeared. */
    STOP,
    /** It reached the tokens that were asked for, or the model's context. */
    LENGTH
}
