package io.prefstream.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** One record of each topic with every field set, for golden bytes. */
final class ExampleRecords {

    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    private static final Instant ONE_MINUTE_LATER = NOON.plusSeconds(60);
    private static final Licence APACHE = new Licence("Apache-2.0", "header");

    private ExampleRecords() {}

    static SpecificRecord of(Topic<?> topic) {
        if (topic == Topics.REPO_EVENTS) {
            return repoEvent();
        } else if (topic == Topics.CODE_SNIPPETS) {
            return snippet();
        } else if (topic == Topics.CANDIDATE_PAIRS) {
            return candidate();
        } else if (topic == Topics.PREFERENCE_PAIRS || topic == Topics.QUARANTINED_PAIRS) {
            return pair();
        } else if (topic == Topics.REJECTIONS) {
            return rejection();
        } else if (topic == Topics.DEAD_LETTERS) {
            return deadLetter();
        } else if (topic == Topics.OPT_OUTS) {
            return optOut();
        } else if (topic == Topics.BENCHMARKS) {
            return benchmark();
        } else if (topic == Topics.CHECKPOINTS) {
            return checkpoint();
        }
        throw new AssertionError("give " + topic + " an example record");
    }

    private static RepoEvent repoEvent() {
        return RepoEvent.newBuilder()
                .setId(ContentId.of("publication", "maven:org.example:lib", "1.2.3"))
                .setFeed("maven")
                .setDeliveryId("org.example:lib:1.2.3")
                .setBody(
                        Publication.newBuilder()
                                .setRepository("maven:org.example:lib")
                                .setOrigin(Origin.MAVEN)
                                .setRevision("1.2.3")
                                .setRef("release")
                                .setLocator("org.example:lib:1.2.3")
                                .setPublishedAt(NOON)
                                .setDigest("sha256:00ff")
                                .setDeclaredLicence("Apache License, Version 2.0")
                                .build())
                .setObservedAt(ONE_MINUTE_LATER)
                .setProducer("feeds.maven/1")
                .build();
    }

    private static CodeSnippet snippet() {
        return CodeSnippet.newBuilder()
                .setId(ContentId.of("java", "int twice(int x) { return x + x; }"))
                .setEventId("event")
                .setRepository("maven:org.example:lib")
                .setRevision("1.2.3")
                .setPath("org/example/Lib.java")
                .setLanguage("java")
                .setKind(SnippetKind.FUNCTION)
                .setName("twice")
                .setSignature("int twice(int x)")
                .setDocComment("Twice the number: \u00fc\u4e8c.")
                .setText("int twice(int x) { return x + x; }")
                .setLicence(APACHE)
                .setNearDupSignature(ByteBuffer.wrap(new byte[] {1, 2, 3}))
                .setEnclosing(List.of("public final class Lib"))
                .setRedactions(List.of("email"))
                .setChange(
                        CommitChange.newBuilder()
                                .setParent("0123456789abcdef0123456789abcdef01234567")
                                .setMessage("Fix overflow\n\nReported by <EMAIL>.\n")
                                .setChangedFiles(2)
                                .setBefore("int twice(int x) { return x - x; }")
                                .setRedactions(List.of("EMAIL"))
                                .build())
                .setNearDuplicateOf("earlier")
                .setPublishedAt(NOON)
                .setProducer("ingest/1")
                .build();
    }

    private static CandidatePair candidate() {
        return CandidatePair.newBuilder()
                .setId(ContentId.of("instruction", "chosen", "rejected"))
                .setSnippetId("snippet")
                .setRepository("maven:org.example:lib")
                .setRevision("1.2.3")
                .setPath("org/example/Lib.java")
                .setLanguage("java")
                .setInstruction("Twice the number.\nint twice(int x)")
                .setInstructionSource("doc-comment")
                .setChosen(
                        Response.newBuilder()
                                .setText("int twice(int x) { return x + x; }")
                                .setGenerator("published")
                                .setFinishReason(FinishReason.PUBLISHED)
                                .build())
                .setRejected(
                        Response.newBuilder()
                                .setText("int twice(int x) { return x - x; }")
                                .setGenerator("weak")
                                .setModelRevision("r1")
                                .setSampling(new SamplingParameters(0.7, 1.0, 1024))
                                .setSeed(42L)
                                .setTokenCount(17)
                                .setMeanLogprob(-0.5)
                                .setFinishReason(FinishReason.STOP)
                                .build())
                .setStrategy("source-vs-model")
                .setEdits(List.of("swap-operands"))
                .setLicence(APACHE)
                .setPublishedAt(NOON)
                .setProducer("synthesize/1")
                .setTests(List.of("assert twice(2) == 4;"))
                .setTestsWriter("tester")
                .setPreferredBy("prefstream-41")
                .setCodeClass(new CodeClass(CodeKind.NON_ENGINEERING, 0.75, "heuristic/1"))
                .setChosenPassRate(1.0)
                .setRejectedPassRate(0.25)
                .build();
    }

    private static PreferencePair pair() {
        CandidatePair candidate = candidate();
        return PreferencePair.newBuilder()
                .setId(candidate.getId())
                .setCandidate(candidate)
                .setChecks(
                        List.of(
                                new CheckOutcome("token-budget", Verdict.PASS, 96.0, "of 256"),
                                new CheckOutcome("margin", Verdict.SKIPPED, null, null)))
                .setConfidence(0.9)
                .setMargin(1.25)
                .setMarginModel("prefstream-42")
                .setSplit(Split.HOLDOUT)
                .setAspects(List.of("edit:swap-operands"))
                .setPublishedAt(NOON)
                .setProducer("validate/1")
                .setRulesVersion(2)
                .build();
    }

    private static Rejection rejection() {
        return Rejection.newBuilder()
                .setId(ContentId.of("ingest", "file", "file-too-large", "input"))
                .setStage("ingest")
                .setUnit("file")
                .setReason("file-too-large")
                .setInputId("input")
                .setRepository("maven:org.example:lib")
                .setDetail("file of 2,000,000 bytes exceeds ingest.max-file-bytes=1,048,576")
                .setSample("package org.example;")
                .setPublishedAt(NOON)
                .setProducer("ingest/1")
                .setRulesVersion(2)
                .build();
    }

    private static DeadLetter deadLetter() {
        return DeadLetter.newBuilder()
                .setStage("synthesize")
                .setTopic(Topics.CODE_SNIPPETS.name())
                .setPartition(3)
                .setOffset(12_345L)
                .setKey(ByteBuffer.wrap("key".getBytes(StandardCharsets.UTF_8)))
                .setValue(ByteBuffer.wrap(new byte[] {9, 8, 7}))
                .setError("magic byte 9, expected 0")
                .setRecordedAt(NOON)
                .build();
    }

    private static OptOut optOut() {
        return OptOut.newBuilder()
                .setRepository("https://git.example.org/someone/project")
                .setScope(OptOutScope.PATH_PREFIX)
                .setPathPrefix("private/")
                .setRequestedAt(NOON)
                .setReason("asked by the owner")
                .build();
    }

    private static Benchmark benchmark() {
        return Benchmark.newBuilder()
                .setName("human-eval")
                .setVersion("0123456789abcdef")
                .setPart(1)
                .setFingerprints(ByteBuffer.wrap(new byte[] {'P', 'F', 'F', 'P', 1}))
                .setAddedAt(NOON)
                .build();
    }

    private static CheckpointPublished checkpoint() {
        return CheckpointPublished.newBuilder()
                .setId("demo-600-0123456789ab")
                .setModel("demo")
                .setStep(600)
                .setKind(CheckpointKind.RELEASE)
                .setUri("file:///checkpoints/demo-600")
                .setFiles(List.of(new FileDigest("model.safetensors", 1024L, "00ff")))
                .setMetrics(Map.of("holdout-accuracy", 0.61))
                .setPositions(List.of(new LogPosition(Topics.PREFERENCE_PAIRS.name(), 0, 9_000L)))
                .setPairsSeen(8_000)
                .setPairsByLicence(Map.of("Apache-2.0", 8_000L))
                .setPublishedAt(NOON)
                .setProducer("trainer/1")
                .build();
    }
}
