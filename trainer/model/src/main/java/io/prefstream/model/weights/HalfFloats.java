package io.prefstream.model.weights;

/** The 16-bit floats of files, to and from 32-bit floats (IEEE 754 binary16; bfloat16). */
final class HalfFloats {
    private static final int HALF_INFINITY = 0x7c00;

    private HalfFloats() {}

    /** A bfloat16 is the upper half of a float. */
    static float ofBfloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** IEEE 754 binary16 to binary32, exact. */
    static float ofHalf(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >> 10) & 0x1f;
        int mantissa = bits & 0x3ff;
        if (exponent == 0) {
            float value = mantissa * 0x1p-24f;
            return sign == 0 ? value : -value;
        }
        int wide = exponent == 31 ? 0xff : exponent + 112;
        return Float.intBitsToFloat(sign | (wide << 23) | (mantissa << 13));
    }

    /** Binary32 to bfloat16: rounds to nearest, ties to even; NaN stays NaN. */
    static short toBfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >> 16) | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }

    /** IEEE 754 binary32 to binary16: rounds to nearest, ties to even; NaN stays NaN. */
    static short toHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | HALF_INFINITY | 0x200);
        }
        if (magnitude >= 65_520) {
            return (short) (sign | HALF_INFINITY);
        }
        if (magnitude < 0x1p-14f) {
            return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
        }
        int rounded = (bits & 0x7fffffff) + 0xfff + ((bits >> 13) & 1);
        // The exponent's bias is 15 where it was 127.
        return (short) (sign | ((rounded - (112 << 23)) >> 13));
    }
}
