package io.prefstream.ingest.feeds;

import static java.util.Objects.requireNonNull;

import io.prefstream.content.git.GitAddress;
import io.prefstream.feeds.watch.FeedClock;
import io.prefstream.feeds.watch.FeedEvents;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Visits and the new snapshot they found, whichever comes first: an event for each visited
 * repository. Keyed by snapshot. Cost: an entry of keyed state for each new snapshot and for each
 * visit, some 150 bytes, until it expires.
 */
final class JoinVisits extends KeyedProcessFunction<String, JournalEntry, RepoEvent> {

    private static final long serialVersionUID = 1L;

    private static final String BRANCHES = "refs/heads/";

    private final Duration expiry;
    private final FeedClock clock;
    private transient ValueState<JournalEntry> head;
    private transient MapState<String, Instant> waiting;

    JoinVisits(Duration expiry, FeedClock clock) {
        this.expiry = expiry;
        this.clock = clock;
    }

    @Override
    public void open(OpenContext context) {
        StateTtlConfig ttl = StateTtlConfig.newBuilder(expiry).build();
        ValueStateDescriptor<JournalEntry> ofHead =
                new ValueStateDescriptor<>("head", TypeInformation.of(JournalEntry.class));
        MapStateDescriptor<String, Instant> ofWaiting =
                new MapStateDescriptor<>("waiting-visits", Types.STRING, Types.INSTANT);
        ofHead.enableTimeToLive(ttl);
        ofWaiting.enableTimeToLive(ttl);
        head = getRuntimeContext().getState(ofHead);
        waiting = getRuntimeContext().getMapState(ofWaiting);
    }

    @Override
    public void processElement(JournalEntry entry, Context context, Collector<RepoEvent> out)
            throws Exception {
        if (entry.origin() == null) {
            head.update(entry);
            for (Map.Entry<String, Instant> visit : waiting.entries()) {
                out.collect(event(entry, visit.getKey(), visit.getValue()));
            }
            waiting.clear();
            return;
        }
        JournalEntry known = head.value();
        Instant date = requireNonNull(entry.date());
        if (known == null) {
            waiting.put(entry.origin(), date);
        } else {
            out.collect(event(known, entry.origin(), date));
        }
    }

    private RepoEvent event(JournalEntry found, String origin, Instant date) {
        String branch = requireNonNull(found.branch());
        Publication publication =
                Publication.newBuilder()
                        .setRepository(GitAddress.canonicalName(origin))
                        .setOrigin(Origin.GIT)
                        .setRevision(requireNonNull(found.commit()))
                        .setRef(
                                branch.startsWith(BRANCHES)
                                        ? branch.substring(BRANCHES.length())
                                        : null)
                        .setLocator(origin)
                        .setPublishedAt(date.truncatedTo(ChronoUnit.MILLIS))
                        .build();
        return FeedEvents.published(
                Feed.SWH.word(), "swh:1:snp:" + found.snapshot(), publication, "", clock.now());
    }
}
