package io.prefstream.model.kernels;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript module made from source text, without Python.
 *
 * <p>A TorchScript archive is a stored zip: the code as text, a constants pickle, a version and a
 * pickle of the root object. All four are a few bytes, so Java writes them and the engine compiles
 * the code. What is gained: every operator of the engine is reachable, and a whole training step is
 * one native call (measured: about twice as fast as the same maths operator by operator).
 */
public final class ScriptModule implements AutoCloseable {
    private static final String HEADER =
            "class K(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n";

    /** Lists that a module keeps between calls, empty at first: their names and element types. */
    private static final Map<String, String> NO_LISTS = Map.of();

    private final PtSymbolBlock block;

    private ScriptModule(PtSymbolBlock block) {
        this.block = block;
    }

    /**
     * Compiles {@code methods}: method definitions indented by two spaces, one of them named {@code
     * forward}.
     */
    public static ScriptModule compile(NDManager manager, String methods) {
        return compile(manager, NO_LISTS, methods);
    }

    /**
     * As {@link #compile(NDManager, String)}, of a module with lists that its methods fill: {@code
     * self.name} of each name, by the type of its elements.
     */
    public static ScriptModule compile(
            NDManager manager, Map<String, String> lists, String methods) {
        StringBuilder code = new StringBuilder(HEADER);
        lists.forEach((name, type) -> code.append("  %s : List[%s]\n".formatted(name, type)));
        try {
            return new ScriptModule(
                    JniUtils.loadModule(
                            (PtNDManager) manager,
                            new ByteArrayInputStream(archive(code + methods, lists.keySet())),
                            false,
                            false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs one method. Arrays with equal names ending in {@code []} form one list argument, in the
     * order of their first appearance; the results belong to the manager of the first input.
     *
     * @param training whether operators record the way back (in a thread whose gradient mode is
     *     on); otherwise the method runs in inference mode, and its results can't be learned from
     */
    public NDList run(String method, NDList inputs, boolean training) {
        try (NDArray selector = selector(inputs, method)) {
            NDList arguments = new NDList(inputs);
            arguments.add(selector);
            return IValueUtils.forward(block, arguments, training);
        }
    }

    /**
     * Runs a method of a list of integers and one of floats that returns a list of arrays, in
     * inference mode: what a step needs besides weights reaches the engine in two calls instead of
     * one for each array.
     *
     * @param manager owner of the results
     */
    public NDArray[] run(String method, long[] integers, double[] floats, NDManager manager) {
        try (IValue first = IValue.listFrom(integers);
                IValue second = IValue.listFrom(floats);
                IValue result = IValueUtils.runMethod(block, method, first, second)) {
            return result.toTensorArray((PtNDManager) manager);
        }
    }

    /** The engine picks the method by the name of an input that it then drops. */
    private static NDArray selector(NDList inputs, String method) {
        NDArray selector = inputs.head().getManager().create(0f);
        selector.setName("module_method:" + method);
        return selector;
    }

    @Override
    public void close() {
        block.close();
    }

    private static byte[] archive(String code, Set<String> lists) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            store(zip, "k/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
            store(zip, "k/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            store(zip, "k/version", "10\n".getBytes(StandardCharsets.US_ASCII));
            store(zip, "k/data.pkl", rootObject(lists));
        }
        return bytes.toByteArray();
    }

    /** The pickle of an object of class K: {@code training = True}, and empty lists. */
    private static byte[] rootObject(Set<String> lists) throws IOException {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        pickle.write(new byte[] {(byte) 0x80, 2});
        pickle.write("c__torch__\nK\n)".getBytes(StandardCharsets.US_ASCII));
        pickle.write(new byte[] {(byte) 0x81, '}', '('});
        name(pickle, "training");
        pickle.write(0x88);
        for (String list : lists) {
            name(pickle, list);
            pickle.write(']');
        }
        pickle.write("ub.".getBytes(StandardCharsets.US_ASCII));
        return pickle.toByteArray();
    }

    private static void name(ByteArrayOutputStream pickle, String name) throws IOException {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        pickle.write(new byte[] {'X', (byte) text.length, 0, 0, 0});
        pickle.write(text);
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
