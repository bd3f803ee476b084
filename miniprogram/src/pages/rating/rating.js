/** Four dimensions, one to five stars each, with what each star stands for. */
const { api } = require("../../lib/api");
const { drop, keep, kept, unsent } = require("../../lib/drafts");
const { carry, tell } = require("../../lib/page");

/**
 * @typedef {"attitude" | "expertise" | "timeliness" | "conduct"} Dimension
 * @typedef {{ stars: Record<Dimension, number>, comment: string, photos: import("../../lib/photos").Photo[] }} Draft
 */

/** @returns {Draft} */
const blank = () => ({ stars: { attitude: 0, expertise: 0, timeliness: 0, conduct: 0 }, comment: "", photos: [] });

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    number: "",
    dimensions: /** @type {{ name: string, label: string, texts: string[] }[]} */ ([]),
    ...blank(),
    // The photos of a draft are there before the component that shows them.
    ready: false,
    lack: "",
  },
  methods: {
    /** @param {{ number: string }} options */
    async onLoad(options) {
      this.setData({ number: options.number });
      this.setData({ ...kept(this.name(), blank()), ready: true });
      await this.load();
    },
    name() {
      return `rating-${this.data.number}`;
    },
    /** @param {Partial<Draft>} part */
    change(part) {
      this.setData({ ...part, lack: "" });
      const { stars, comment, photos } = this.data;
      keep(this.name(), { stars, comment, photos });
    },
    load() {
      return carry(this, "load", async () => {
        const { dimensions } = await api.get("/api/v1/rating-rubric");
        this.setData({
          dimensions: dimensions.map((each) => ({
            name: each.dimension,
            label: each.label,
            texts: each.stars.map((star) => star.text),
          })),
        });
      });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ name: Dimension, value: number }>} event */
    star(event) {
      const { name, value } = event.detail;
      this.change({ stars: { ...this.data.stars, [name]: value } });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string }>} event */
    words(event) {
      this.change({ comment: event.detail.value });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ photos: import("../../lib/photos").Photo[] }>} event */
    chosen(event) {
      this.change({ photos: event.detail.photos });
    },
    async submit() {
      const { stars, comment, photos, number } = this.data;
      const left = this.data.dimensions.filter((each) => !stars[/** @type {Dimension} */ (each.name)]);
      const lack = left.length ? `还差：${left.map((each) => each.label).join("、")}` : unsent(photos);
      this.setData({ lack });
      if (lack) return;
      const done = await carry(this, "submit", () =>
        api.put("/api/v1/tickets/{number}/rating", {
          path: { number },
          body: { ...stars, comment: comment.trim(), attachment_ids: photos.map((each) => each.id) },
        }),
      );
      if (!done && this.data.problem?.code !== "already_rated") return;
      drop(this.name());
      if (done) tell("谢谢您的评价", "success");
      // Back to the ticket that it was opened from, which reads itself anew; no second one on top of it.
      if (getCurrentPages().length > 1) wx.navigateBack();
      else wx.redirectTo({ url: `/pages/ticket/ticket?number=${number}` });
    },
  },
});
