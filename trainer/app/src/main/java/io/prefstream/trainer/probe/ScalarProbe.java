package io.prefstream.trainer.probe;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.zip.Deflater;

/** Compares one number per response and learns only whether more or less of it is better. */
final class ScalarProbe implements Probe {

    private final ToDoubleFunction<String> number;
    private double direction = 1;

    private ScalarProbe(ToDoubleFunction<String> number) {
        this.number = number;
    }

    /** The length in characters. */
    static ScalarProbe length() {
        return new ScalarProbe(String::length);
    }

    /** Compressed bytes per byte, by Deflate at its best. */
    static ScalarProbe compression() {
        return new ScalarProbe(ScalarProbe::compressionRatio);
    }

    @Override
    public void fit(List<Pair> pairs) {
        double more = 0;
        for (Pair pair : pairs) {
            more += Math.signum(difference(pair.chosen(), pair.rejected()));
        }
        direction = more >= 0 ? 1 : -1;
    }

    @Override
    public double margin(String first, String second) {
        return direction * difference(first, second);
    }

    private double difference(String first, String second) {
        return number.applyAsDouble(first) - number.applyAsDouble(second);
    }

    private static double compressionRatio(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            byte[] buffer = new byte[4096];
            long compressed = 0;
            while (!deflater.finished()) {
                compressed += deflater.deflate(buffer);
            }
            return bytes.length == 0 ? 0 : (double) compressed / bytes.length;
        } finally {
            deflater.end();
        }
    }
}
