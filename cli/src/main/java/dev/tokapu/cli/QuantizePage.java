package dev.tokapu.cli;

import dev.tokapu.completion.Estimate;
import dev.tokapu.completion.KlDivergence;
import dev.tokapu.quantize.Quantization;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A page of size against quality of a model's file types, in one HTML file that needs nothing else. */
final class QuantizePage {

    private static final double MIB = 1 << 20;
    private static final double GIB = 1 << 30;

    private static final String STYLE = """
            :root { color-scheme: light dark; --line: #2563c9; --faint: #8884; }
            body { font: 15px/1.45 system-ui, sans-serif; max-width: 780px; margin: 2em auto; padding: 0 1em; }
            h1 { font-size: 1.3em; }
            svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; margin: .5em 0 1em; }
            svg text { fill: currentColor; paint-order: stroke; stroke: Canvas; stroke-width: 4px; }
            svg text.name { font-weight: 600; }
            svg text.base { opacity: .7; }
            circle { fill: var(--line); }
            polyline { fill: none; stroke: var(--line); opacity: .5; }
            line.grid { stroke: var(--faint); }
            line.error { stroke: var(--line); }
            line.base { stroke: currentColor; stroke-dasharray: 5 4; opacity: .6; }
            table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
            th, td { text-align: right; padding: .3em .5em; border-bottom: 1px solid var(--faint); }
            th:first-child, td:first-child { text-align: left; }
            td.problem { text-align: left; opacity: .75; }
            small { opacity: .7; }
            """;

    private QuantizePage() {}

    static String of(QuantizeTable table) {
        double unit = table.bytes() < GIB ? MIB : GIB;
        String unitName = table.bytes() < GIB ? "MiB" : "GiB";
        List<QuantizePlot.Point> perplexities = new ArrayList<>();
        List<QuantizePlot.Point> divergences = new ArrayList<>();
        for (QuantizeTable.Row row : table.rows()) {
            KlDivergence quality = row.quality();
            if (quality != null) {
                // What the types have in common, how hard the text is, is no reason to doubt their order.
                double error =
                        quality.ratio().error() * quality.basePerplexity().value();
                perplexities.add(
                        point(row, unit, new Estimate(quality.perplexity().value(), error)));
                divergences.add(point(row, unit, quality.mean()));
            }
        }
        String name = QuantizePlot.escape(String.valueOf(table.model().getFileName()));
        StringBuilder page = new StringBuilder();
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width\">\n")
                .append("<title>File types of ")
                .append(name)
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n<h1>File types of ")
                .append(name)
                .append("</h1>\n");
        page.append(String.format(
                Locale.ROOT,
                "<p>%s, measured over %,d tokens of %s.</p>%n",
                Units.bytes(table.bytes()),
                table.tokens(),
                QuantizePlot.escape(String.valueOf(table.text().getFileName()))));
        Estimate original = table.original();
        if (original != null) {
            page.append(new QuantizePlot("Perplexity", unitName, false, perplexities, original.value()).svg());
            page.append(new QuantizePlot("Kullback-Leibler divergence", unitName, true, divergences, null).svg());
        }
        table(page, table, original);
        page.append(
                "<p><small>Perplexity: how well the model predicts the text, lower is better; bars are standard errors of the"
                        + " difference to the original. Divergence: how far what the type expects is from the original at each token, 0 is the same."
                        + " Same token: how often both would choose the same.</small></p>\n</html>\n");
        return page.toString();
    }

    private static QuantizePlot.Point point(QuantizeTable.Row row, double unit, Estimate value) {
        return new QuantizePlot.Point(row.type().name(), row.bytes() / unit, value.value(), value.error());
    }

    private static void table(StringBuilder page, QuantizeTable table, @Nullable Estimate original) {
        page.append(
                "<table>\n<tr><th>Type<th>Size<th>Bits a weight<th>Perplexity<th>Ratio<th>Divergence<th>Same token\n");
        if (original != null) {
            page.append(String.format(
                    Locale.ROOT,
                    "<tr><td>original<td>%s<td><td>%.4f<td>1<td>0<td>100 %%%n",
                    Units.bytes(table.bytes()),
                    original.value()));
        }
        for (QuantizeTable.Row row : table.rows()) {
            Quantization size = row.size();
            KlDivergence quality = row.quality();
            if (size == null || quality == null) {
                page.append(String.format(
                        Locale.ROOT,
                        "<tr><td>%s<td class=\"problem\" colspan=\"6\">%s%n",
                        row.type().name(),
                        QuantizePlot.escape(row.problem())));
                continue;
            }
            page.append(String.format(
                    Locale.ROOT,
                    "<tr><td>%s<td>%s<td>%.2f<td>%.4f<td>%.4f<td>%.5f<td>%.2f %%%n",
                    row.type().name(),
                    Units.bytes(size.bytesAfter()),
                    size.bitsPerWeight(),
                    quality.perplexity().value(),
                    quality.ratio().value(),
                    quality.mean().value(),
                    100 * quality.sameTop().value()));
        }
        page.append("</table>\n");
    }
}
