package dev.tokapu.quarkus.deployment;

import dev.tokapu.quarkus.TokapuDevUi;
import io.quarkus.deployment.IsLocalDevelopment;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.devui.spi.JsonRPCProvidersBuildItem;
import io.quarkus.devui.spi.page.CardPageBuildItem;
import io.quarkus.devui.spi.page.Page;

/** The card of the Dev UI: a page of the engines. */
final class TokapuDevUiProcessor {

    @BuildStep(onlyIf = IsLocalDevelopment.class)
    CardPageBuildItem card() {
        CardPageBuildItem card = new CardPageBuildItem();
        card.addPage(Page.webComponentPageBuilder()
                .title("Engines")
                .icon("font-awesome-solid:microchip")
                .componentLink("qwc-tokapu-engines.js"));
        return card;
    }

    @BuildStep(onlyIf = IsLocalDevelopment.class)
    JsonRPCProvidersBuildItem questions() {
        return new JsonRPCProvidersBuildItem(TokapuDevUi.class);
    }
}
