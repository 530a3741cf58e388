package io.polylog.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.config.ConfigKey;
import io.polylog.spi.ProtocolAdapterFactory;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class HttpAdapterFactoryTest {

    @Test
    void isFoundByItsName() {
        assertThat(ServiceLoader.load(ProtocolAdapterFactory.class))
                .singleElement()
                .satisfies(factory -> {
                    assertThat(factory.name()).isEqualTo("http");
                    assertThat(factory.defaultPort()).isEqualTo(8080);
                    assertThat(factory.keys()).extracting(ConfigKey::name).allMatch(name -> name.startsWith("http."));
                });
    }
}
