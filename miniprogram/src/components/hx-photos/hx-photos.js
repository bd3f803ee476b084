/** Photos that are chosen here and sent at once, each with its progress; one that failed is sent again by a tap. */
const { choose, send, waiting } = require("../../lib/photos");

/**
 * @typedef {import("../../lib/photos").Photo} Photo
 * @typedef {import("../../lib/photos").Purpose} Purpose
 */

Component({
  options: { addGlobalClass: true },
  properties: {
    /** Those there are already, of a draft. */
    value: { type: Array, value: [] },
    most: { type: Number, value: 9 },
    ticket: String,
    purpose: { type: String, value: "report" },
    label: { type: String, value: "照片" },
  },
  data: { photos: /** @type {Photo[]} */ ([]) },
  lifetimes: {
    attached() {
      const photos = /** @type {Photo[]} */ (this.data.value);
      // Whoever was sending them is gone with the page that was left: they are sent again by a tap, with their keys.
      const left = photos.filter((each) => each.state === "sending" || each.state === "waiting");
      const now = photos.map((each) => (left.includes(each) ? { ...each, state: /** @type {const} */ ("failed") } : each));
      this.setData({ photos: now });
      if (left.length) this.triggerEvent("change", { photos: now });
    },
  },
  methods: {
    async add() {
      const paths = await choose(this.data.most - this.data.photos.length);
      const fresh = paths.map(waiting);
      if (!fresh.length) return;
      this.show([...this.data.photos, ...fresh]);
      // One after the other: on a thin line two at once would both be late.
      for (const photo of fresh) await this.send(photo);
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    async again(event) {
      const photo = this.data.photos[Number(event.currentTarget.dataset["index"])];
      if (photo?.state === "failed") await this.send(photo);
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    remove(event) {
      const index = Number(event.currentTarget.dataset["index"]);
      this.show(this.data.photos.filter((_, at) => at !== index));
    },
    /**
     * @param {Photo} photo
     * @returns {Promise<void>}
     */
    send(photo) {
      const { ticket } = this.data;
      const purpose = /** @type {Purpose} */ (this.data.purpose);
      return send(photo, { purpose, ...(ticket ? { ticket } : {}) }, (now) => {
        // It may have been taken away meanwhile.
        this.show(this.data.photos.map((each) => (each.key === now.key ? now : each)));
      });
    },
    /** @param {Photo[]} photos */
    show(photos) {
      this.setData({ photos });
      this.triggerEvent("change", { photos });
    },
  },
});
