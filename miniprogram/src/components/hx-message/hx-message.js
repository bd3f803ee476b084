/** Something that was said on a ticket: by whom, when, with its photos. */
const { moment } = require("../../lib/words");

/** @typedef {import("../../lib/api").Schemas["MessageOut"]} Message */

Component({
  options: { addGlobalClass: true },
  properties: { message: { type: Object, value: /** @type {any} */ (null) } },
  data: { mine: false, head: "" },
  observers: {
    message(/** @type {Message | null} */ message) {
      if (message) this.setData({ mine: message.author === "customer", head: `${message.author_name} · ${moment(message.at)}` });
    },
  },
  methods: {
    /** @param {WechatMiniprogram.TouchEvent} event */
    enlarge(event) {
      const { attachments } = /** @type {Message} */ (this.data.message);
      wx.previewImage({ urls: attachments.map((each) => each.url), current: event.currentTarget.dataset["url"] });
    },
  },
});
