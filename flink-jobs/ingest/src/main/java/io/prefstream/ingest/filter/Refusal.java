package io.prefstream.ingest.filter;

import io.prefstream.ingest.IngestReason;

/**
 * Why a file or function isn't taken.
 *
 * @param reason the reason that is counted
 * @param detail the value, the limit and the option that changes it
 */
public record Refusal(IngestReason reason, String detail) {}
