package io.prefstream.ingest.operators;

import io.prefstream.ingest.SourceText;
import io.prefstream.ingest.redact.Redacted;
import io.prefstream.ingest.redact.RedactionRules;
import io.prefstream.ingest.redact.Redactor;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Replaces secrets and personal data in a file's text.
 *
 * <p>Metrics: a counter {@code prefstream.redactions.kind.<kind>.replaced} for each kind that
 * occurred. What was replaced is never logged.
 */
public final class RedactSecrets extends ProcessFunction<SourceText, SourceText> {

    private static final long serialVersionUID = 1L;

    private final RedactionRules rules;
    private transient Redactor redactor;
    private transient Map<String, Counter> replaced;

    public RedactSecrets(RedactionRules rules) {
        this.rules = rules;
    }

    @Override
    public void open(OpenContext context) {
        redactor = rules.redactor();
        replaced = new HashMap<>();
    }

    @Override
    public void processElement(SourceText file, Context context, Collector<SourceText> out) {
        Redacted redacted = redactor.redact(file.text());
        if (redacted.kinds().isEmpty()) {
            out.collect(file);
            return;
        }
        redacted.kinds().forEach(kind -> replaced.computeIfAbsent(kind, this::counter).inc());
        out.collect(file.withText(redacted.text(), redacted.kinds()));
    }

    private Counter counter(String kind) {
        return getRuntimeContext()
                .getMetricGroup()
                .addGroup("prefstream")
                .addGroup("redactions")
                .addGroup("kind", kind)
                .counter("replaced");
    }
}
