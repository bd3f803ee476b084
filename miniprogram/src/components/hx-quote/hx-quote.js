/** A quote line by line: what is agreed to is exactly what is read here. */
const { money } = require("../../lib/words");

/** @typedef {import("../../lib/api").Schemas["QuoteOut"]} Quote */

Component({
  options: { addGlobalClass: true },
  properties: { quote: { type: Object, value: /** @type {any} */ (null) } },
  data: { lines: /** @type {{ code: string, name: string, count: string, amount: string, note: string }[]} */ ([]), total: "" },
  observers: {
    quote(/** @type {Quote | null} */ quote) {
      if (!quote) return;
      this.setData({
        total: money(quote.total_fen),
        lines: quote.lines.map((line) => ({
          code: line.code,
          name: line.name,
          count: `${money(line.unit_price_fen)} × ${line.quantity}${line.unit}`,
          amount: money(line.amount_fen),
          note: [
            line.approved_before ? "已同意过" : "",
            line.discount_fen ? `优惠 ${money(line.discount_fen)}` : "",
            line.not_covered_text,
            line.warranty_days ? `保修 ${line.warranty_days} 天` : "",
          ]
            .filter(Boolean)
            .join(" · "),
        })),
      });
    },
  },
});
