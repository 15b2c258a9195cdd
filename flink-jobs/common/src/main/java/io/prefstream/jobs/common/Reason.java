package io.prefstream.jobs.common;

/** Why a stage dropped something. Each stage has an enum of its reasons, each with its meaning. */
public interface Reason {

    /** The reason on the rejections topic, in kebab case: a wire value, never renamed. */
    String code();
}
