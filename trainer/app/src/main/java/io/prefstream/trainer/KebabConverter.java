package io.prefstream.trainer;

import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values of an enum by their names in kebab case, for an option of a command. */
public abstract class KebabConverter<E extends Enum<E>> implements ITypeConverter<E> {

    private final Class<E> type;

    protected KebabConverter(Class<E> type) {
        this.type = type;
    }

    @Override
    public E convert(String value) {
        E[] values = type.getEnumConstants();
        return Arrays.stream(values)
                .filter(one -> TrainerConfig.kebab(one).equals(value))
                .findFirst()
                .orElseThrow(
                        () ->
                                new TypeConversionException(
                                        "'%s' is none of %s"
                                                .formatted(
                                                        value,
                                                        Arrays.stream(values)
                                                                .map(TrainerConfig::kebab)
                                                                .toList())));
    }
}
