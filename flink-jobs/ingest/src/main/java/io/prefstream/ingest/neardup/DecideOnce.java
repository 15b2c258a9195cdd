package io.prefstream.ingest.neardup;

import io.prefstream.ingest.IngestPipeline;
import io.prefstream.ingest.IngestReason;
import io.prefstream.jobs.common.Rejections;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.Rejection;
import io.prefstream.topics.flink.AvroType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Holds a snippet until all its bands have had their say, then lets it pass or rejects it: once.
 * Keyed by snippet id. What is like its own earlier revision passes with a mark ({@link
 * OwnRevisions}).
 *
 * <p>Bands say nothing where they find nothing. That they have seen the snippet follows from the
 * watermark: it comes after the probes on every way through the bands.
 *
 * <p>What waits is on the heap: what arrives in two intervals of watermarks, no more than fits into
 * the network buffers before the bands when those fall behind. A checkpoint writes it into keyed
 * state, by which it is dealt out anew when the parallelism changes. Timers and a state access for
 * each snippet would do the same; in a profile they took a quarter of the job's samples.
 */
final class DecideOnce extends AbstractStreamOperator<CodeSnippet>
        implements TwoInputStreamOperator<CodeSnippet, NearDuplicate, CodeSnippet> {

    private static final long serialVersionUID = 1L;

    /** What is known of a snippet; either may come first. */
    private static final class Waiting {
        private @Nullable CodeSnippet snippet;
        private @Nullable NearDuplicate closest;
    }

    private final NearDupSettings settings;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient OwnRevisions revisions;

    /** By arrival, then by id. */
    private transient TreeMap<Long, Map<String, Waiting>> waiting = new TreeMap<>();

    /** Keys under which the last checkpoint left something. */
    private transient Set<String> written = new HashSet<>();

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient ValueState<Long> arrivals;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient ValueState<CodeSnippet> snippets;

    @SuppressWarnings("NullAway.Init") // in initializeState()
    private transient ValueState<NearDuplicate> closest;

    DecideOnce(NearDupSettings settings) {
        this.settings = settings;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        revisions = new OwnRevisions(settings);
        waiting = new TreeMap<>();
        written = new HashSet<>();
        ValueStateDescriptor<Long> arrivalState =
                new ValueStateDescriptor<>("near-dup-arrival", Types.LONG);
        arrivals = context.getKeyedStateStore().getState(arrivalState);
        snippets =
                context.getKeyedStateStore()
                        .getState(
                                new ValueStateDescriptor<>(
                                        "near-dup-waiting", AvroType.forRecord(CodeSnippet.class)));
        closest =
                context.getKeyedStateStore()
                        .getState(
                                new ValueStateDescriptor<>(
                                        "near-dup-closest",
                                        TypeInformation.of(NearDuplicate.class)));
        if (context.isRestored()) {
            this.<String>getKeyedStateBackend()
                    .applyToAllKeys(
                            VoidNamespace.INSTANCE,
                            VoidNamespaceSerializer.INSTANCE,
                            arrivalState,
                            (id, arrival) -> restore(id, arrival.value()));
        }
    }

    private void restore(String id, long arrival) throws Exception {
        setCurrentKey(id);
        Waiting restored = waiting(arrival, id);
        restored.snippet = snippets.value();
        restored.closest = closest.value();
        written.add(id);
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        for (String id : written) {
            setCurrentKey(id);
            arrivals.clear();
            snippets.clear();
            closest.clear();
        }
        written.clear();
        for (Map.Entry<Long, Map<String, Waiting>> arrival : waiting.entrySet()) {
            for (Map.Entry<String, Waiting> one : arrival.getValue().entrySet()) {
                setCurrentKey(one.getKey());
                arrivals.update(arrival.getKey());
                snippets.update(one.getValue().snippet);
                closest.update(one.getValue().closest);
                written.add(one.getKey());
            }
        }
    }

    @Override
    public void processElement1(StreamRecord<CodeSnippet> element) {
        CodeSnippet snippet = element.getValue();
        waiting(element.getTimestamp(), snippet.getId()).snippet = snippet;
    }

    @Override
    public void processElement2(StreamRecord<NearDuplicate> element) {
        NearDuplicate found = element.getValue();
        Waiting later = waiting(found.seenAt(), found.id());
        later.closest = later.closest == null ? found : later.closest.orCloser(found);
    }

    @Override
    @SuppressWarnings("rawtypes") // as it is declared above
    public void setKeyContextElement1(StreamRecord element) {
        // State is touched at checkpoints only, which set the keys themselves.
    }

    @Override
    @SuppressWarnings("rawtypes") // as it is declared above
    public void setKeyContextElement2(StreamRecord element) {
        // As above.
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        Map<Long, Map<String, Waiting>> due = waiting.headMap(mark.getTimestamp(), true);
        due.forEach((arrival, all) -> all.values().forEach(one -> decide(arrival, one)));
        due.clear();
        super.processWatermark(mark);
    }

    private void decide(long arrival, Waiting one) {
        CodeSnippet snippet = one.snippet;
        NearDuplicate found = one.closest;
        if (snippet == null) {
            // Told too late, after a clock that was set back: it has passed.
            return;
        }
        if (found == null) {
            output.collect(new StreamRecord<>(snippet, arrival));
        } else if (revisions.isOne(snippet, found)) {
            output.collect(
                    new StreamRecord<>(
                            CodeSnippet.newBuilder(snippet)
                                    .setNearDuplicateOf(found.earlierId())
                                    .build(),
                            arrival));
        } else {
            output.collect(Rejections.TAG, new StreamRecord<>(rejection(snippet, found), arrival));
        }
    }

    private static Rejection rejection(CodeSnippet snippet, NearDuplicate found) {
        return IngestPipeline.REJECTIONS.of(
                IngestPipeline.SNIPPET,
                IngestReason.NEAR_DUPLICATE,
                snippet.getId(),
                snippet.getRepository(),
                String.format(
                        Locale.ROOT,
                        "near-duplicate of %s, estimated similarity %.3f",
                        found.earlierId(),
                        found.similarity()),
                snippet.getText(),
                snippet.getPublishedAt());
    }

    private Waiting waiting(long arrival, String id) {
        return waiting.computeIfAbsent(arrival, none -> new HashMap<>())
                .computeIfAbsent(id, none -> new Waiting());
    }
}
