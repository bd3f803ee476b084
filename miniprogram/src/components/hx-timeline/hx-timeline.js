/** What happened, newest first. */
const { moment } = require("../../lib/words");

/** @typedef {import("../../lib/api").Schemas["TimelineEntry"]} Entry */

Component({
  options: { addGlobalClass: true },
  properties: { entries: { type: Array, value: [] } },
  data: { rows: /** @type {{ seq: number, text: string, when: string }[]} */ ([]) },
  observers: {
    entries(/** @type {Entry[]} */ entries) {
      const rows = entries.map((each) => ({ seq: each.seq, text: each.text, when: `${moment(each.at)} · ${each.actor}` }));
      this.setData({ rows: rows.reverse() });
    },
  },
});
