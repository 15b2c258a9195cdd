package io.prefstream.model;

import io.prefstream.model.weights.WeightFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The two language models that come with the project: they continue Java source, one better than
 * the other, so that pairs of a strong and a weak model can be made on any machine. Demonstration
 * models, no product; their model cards say what they were trained on.
 */
public enum DemoGenerator {
    STRONG("demo-strong"),
    WEAK("demo-weak");

    private final String model;

    DemoGenerator(String model) {
        this.model = model;
    }

    /** Its name on records, and of its folder. */
    public String model() {
        return model;
    }

    /**
     * Writes the bundle, unless it is there already.
     *
     * @param parent the folder that gets a folder of the model's name
     * @return the bundle's folder
     */
    public Path writeTo(Path parent) throws IOException {
        Path folder = parent.resolve(model);
        if (Files.exists(folder)) {
            return folder;
        }
        Path next = parent.resolve(model + ".next");
        DemoModel.writeTokenizer(next);
        for (String name : new String[] {ModelBundle.CONFIG, WeightFiles.SINGLE, "README.md"}) {
            DemoModel.copy(model + "/" + name, next.resolve(name));
        }
        return Files.move(next, folder);
    }
}
