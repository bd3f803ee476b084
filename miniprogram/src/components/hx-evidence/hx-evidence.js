/** What one visit left behind: before and after, what was taken beside, what was measured. */
const { moment } = require("../../lib/words");

/** @typedef {import("../../lib/api").Schemas["VisitEvidenceOut"]} Visit */

Component({
  options: { addGlobalClass: true },
  properties: { visit: { type: Object, value: /** @type {any} */ (null) } },
  data: {
    head: "",
    sides: /** @type {{ title: string, css: string, pieces: { id: string, thumbnail_url: string, note: string, video: boolean }[] }[]} */ ([]),
    readings: /** @type {string[]} */ ([]),
  },
  observers: {
    visit(/** @type {Visit | null} */ visit) {
      if (!visit) return;
      const side = (/** @type {string} */ title, /** @type {string} */ css, /** @type {Visit["before"]} */ pieces) => ({
        title,
        css,
        pieces: pieces.map(({ id, thumbnail_url, caption, taken_at, video_url }) => ({
          id,
          thumbnail_url,
          note: [caption, moment(taken_at)].filter(Boolean).join(" · "),
          video: Boolean(video_url),
        })),
      });
      this.setData({
        head: visit.arrived_at ? moment(visit.arrived_at) : "",
        sides: [side("服务前", "before", visit.before), side("服务后", "after", visit.after), ...(visit.beside.length ? [side("现场", "beside", visit.beside)] : [])],
        readings: visit.readings.map((each) => `${each.name} ${each.value === null ? "✓" : `${each.value} ${each.unit}`}`),
      });
    },
  },
  methods: {
    /** @param {WechatMiniprogram.TouchEvent} event */
    enlarge(event) {
      const { before, after, beside } = /** @type {Visit} */ (this.data.visit);
      const all = [...before, ...after, ...beside];
      wx.previewMedia({
        sources: all.map(({ url, video_url }) => (video_url ? { url: video_url, poster: url, type: "video" } : { url, type: "image" })),
        current: all.findIndex((each) => each.id === event.currentTarget.dataset["id"]),
      });
    },
  },
});
