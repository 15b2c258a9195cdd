package io.prefstream.ingest.neardup;

import io.prefstream.schemas.CodeSnippet;
import io.prefstream.topics.flink.AvroType;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Signs each snippet and asks its bands about it. What is too short to compare leaves by a side
 * output, unsigned.
 */
final class SignSnippets extends ProcessFunction<CodeSnippet, CodeSnippet> {

    private static final long serialVersionUID = 1L;

    static final OutputTag<Probe> PROBES =
            new OutputTag<>("near-dup-probes", TypeInformation.of(Probe.class));

    static final OutputTag<CodeSnippet> TOO_SHORT =
            new OutputTag<>("near-dup-too-short", AvroType.forRecord(CodeSnippet.class));

    private final NearDupSettings settings;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient MinHasher hasher;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient Banding banding;

    SignSnippets(NearDupSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        hasher = new MinHasher(settings.permutations(), settings.shingle());
        banding = settings.banding();
    }

    @Override
    public void processElement(CodeSnippet snippet, Context context, Collector<CodeSnippet> out) {
        Optional<int[]> signed = hasher.minima(snippet.getText());
        if (signed.isEmpty()) {
            context.output(TOO_SHORT, snippet);
            return;
        }
        int[] minima = signed.get();
        byte[] signature = Signatures.signature(minima);
        long[] seen =
                SeenSnippet.pack(
                        context.timestamp(), snippet.getId(), Signatures.sketch(signature));
        for (int band = 0; band < banding.bands(); band++) {
            context.output(PROBES, new Probe(banding.key(minima, band), seen));
        }
        out.collect(
                CodeSnippet.newBuilder(snippet)
                        .setNearDupSignature(ByteBuffer.wrap(signature))
                        .build());
    }
}
